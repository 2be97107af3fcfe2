package dev.tidemill.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * What a model costs, in nano-dollars a token: exact for every list price that has three decimals a million or fewer.
 *
 * @param input live, {@code batchInput} by the vendor's own batch API
 */
record PriceList(String model, long input, long output, long batchInput, long batchOutput) {
    /** Yuan for a dollar in examples; the rate that articles of early 2026 calculate with. */
    static final BigDecimal YUAN = new BigDecimal("7.3");

    /** When the figures were read. */
    static final String AS_OF = "2026-11-22";

    static List<PriceList> all() {
        try (InputStream in = Objects.requireNonNull(PriceList.class.getResourceAsStream("prices.csv"));
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(PriceList::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PriceList parse(String line) {
        String[] cells = line.split(",");
        return new PriceList(cells[0], nano(cells[1]), nano(cells[2]), nano(cells[3]), nano(cells[4]));
    }

    private static long nano(String dollarsPerMillion) {
        return new BigDecimal(dollarsPerMillion).movePointRight(3).longValueExact();
    }

    /** Nano-dollars for a work streamed line by line. */
    long live(long inputTokens, long outputTokens) {
        return cost(inputTokens, input, outputTokens, output);
    }

    /** Nano-dollars for the same by the vendor's batch API. */
    long batch(long inputTokens, long outputTokens) {
        return cost(inputTokens, batchInput, outputTokens, batchOutput);
    }

    private static long cost(long inputTokens, long inputPrice, long outputTokens, long outputPrice) {
        return Math.addExact(
                Math.multiplyExact(inputTokens, inputPrice), Math.multiplyExact(outputTokens, outputPrice));
    }
}
