package dev.tidemill.cli.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/** What work of this size costs, live and as a batch, by three price lists. */
record Bill(long inputTokens, long outputTokens) {
    private static final String ROW = "  %-22s  %12s  %12s  %12s  %12s%n";

    String text(List<PriceList> prices) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%,d input and %,d output tokens cost%n", inputTokens, outputTokens));
        text.append(String.format(Locale.ROOT, ROW, "", "live, USD", "batch, USD", "live, CNY", "batch, CNY"));
        for (PriceList price : prices) {
            long live = price.live(inputTokens, outputTokens);
            long batch = price.batch(inputTokens, outputTokens);
            text.append(String.format(
                    Locale.ROOT, ROW, price.model(), dollars(live), dollars(batch), yuan(live), yuan(batch)));
        }
        return text.append("  list prices of ")
                .append(PriceList.AS_OF)
                .append(", 1 USD = ")
                .append(PriceList.YUAN)
                .append(" CNY")
                .toString();
    }

    static String dollars(long nano) {
        return "$" + BigDecimal.valueOf(nano, 9).setScale(4, RoundingMode.HALF_UP);
    }

    static String yuan(long nano) {
        return "¥" + BigDecimal.valueOf(nano, 9).multiply(PriceList.YUAN).setScale(4, RoundingMode.HALF_UP);
    }
}
