package dev.tidemill.wire.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever we accept, Netty's codec and the grammar accept with the same meaning; where we refuse what one of them takes, the reason is on a list.
 * Set {@code tidemill.fuzz.seed} to repeat a run, {@code tidemill.fuzz.mutants} to widen it.
 */
class AgainstNettyTest {
    private static final int MUTANTS = Integer.getInteger("tidemill.fuzz.mutants", 8_000);

    /** Codes under which we refuse what Netty takes, and why. */
    private static final Map<String, String> STRICTER_THAN_NETTY = Map.ofEntries(
            Map.entry("blank_lines", "skips any white space and control characters before a first line"),
            Map.entry("start_line_invalid", "as blank_lines"),
            Map.entry("method_invalid", "takes other white space between the words"),
            Map.entry("method_unknown", "takes methods of any length"),
            Map.entry("target_missing", "takes several spaces between the words"),
            Map.entry("target_invalid", "leaves the target to its user"),
            Map.entry("version_invalid", "takes what is near enough to HTTP/1.x"),
            Map.entry("version_unsupported", "leaves the version to its user"),
            Map.entry("status_line_invalid", "needs no space behind a status, and takes several before it"),
            Map.entry("status_invalid", "leaves the status to its user"),
            Map.entry("reason_invalid", "takes control characters in a reason"),
            Map.entry("header_name_invalid", "strips white space before the colon"),
            Map.entry("header_name_confusing", "takes underscores for underscores"),
            Map.entry("line_folded", "unfolds"),
            Map.entry("host_missing", "leaves Host to its user"),
            Map.entry("host_repeated", "as host_missing"),
            Map.entry("host_invalid", "as host_missing"),
            Map.entry("host_differs", "as host_missing"),
            Map.entry("connection_invalid", "leaves Connection to its user"),
            Map.entry("expectation_unknown", "leaves Expect to its user"),
            Map.entry(
                    "length_ambiguous",
                    "prefers Transfer-Encoding in HTTP/1.1, and where there is no body looks at neither"),
            Map.entry("transfer_encoding_repeated", "takes a list that ends with chunked"),
            Map.entry("transfer_encoding_invalid", "takes codings it does not know in answers, and any in HTTP/1.0"),
            Map.entry("content_length_invalid", "looks at no length where there is no body"),
            Map.entry("content_length_repeated", "as content_length_invalid"),
            Map.entry("body_forbidden", "drops the length fields of a 204"),
            Map.entry("upgrade_unasked", "hands the connection over"),
            Map.entry("chunk_size_invalid", "takes white space around a size"),
            Map.entry("chunk_extension_invalid", "does not look into extensions, but for quotes"),
            Map.entry("trailer_invalid", "repairs trailers as it does header lines"));

    /** Codes under which we refuse heads and chunks that fit the grammar, and why. */
    private static final Map<String, String> STRICTER_THAN_GRAMMAR = Map.ofEntries(
            Map.entry(
                    "target_invalid",
                    "one form of target goes with CONNECT, one with OPTIONS alone; brackets in queries only; a port of at most 65535"),
            Map.entry("method_unknown", "at most 32 letters"),
            Map.entry("host_missing", "once in HTTP/1.1"),
            Map.entry("host_repeated", "as host_missing"),
            Map.entry("host_invalid", "says what a value may be"),
            Map.entry("host_differs", "the target's authority wins, so another is a lie"),
            Map.entry("connection_invalid", "names separated by commas, none of them of an end-to-end field"),
            Map.entry("header_name_confusing", "others take underscores for dashes"),
            Map.entry("expectation_unknown", "only one is defined"),
            Map.entry("length_ambiguous", "one way to say where a body ends"),
            Map.entry("content_length_invalid", "digits, no overflow"),
            Map.entry("content_length_repeated", "once"),
            Map.entry("transfer_encoding_invalid", "chunked alone"),
            Map.entry("transfer_encoding_repeated", "once"),
            Map.entry("body_forbidden", "1xx and 204 have none"),
            Map.entry("upgrade_unasked", "never asked for"),
            Map.entry("chunk_extension_invalid", "no bytes beyond ASCII in quotes"),
            Map.entry("chunk_size_invalid", "at most Integer.MAX_VALUE"));

    private final Map<String, Integer> refusals = new TreeMap<>();
    private final Map<String, String> unlisted = new TreeMap<>();
    private int accepted;

    static Stream<Arguments> corpus() {
        return Stream.concat(
                Corpus.REQUESTS.stream().map(text -> Arguments.of(true, text)),
                Corpus.RESPONSES.stream().map(text -> Arguments.of(false, text)));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void soundMessagesMeanTheSameWhereverTheyAreCut(boolean requests, String text) {
        byte[] input = Texts.bytes(text);
        Reading whole = OurReader.read(requests, input);
        assertThat(whole.fault()).isNull();
        assertThat(whole.messages()).isNotEmpty().allMatch(Message::complete);
        assertThat(NettyReader.read(requests, input)).isEqualTo(whole);
        assertThat(OurReader.readByteByByte(requests, input)).isEqualTo(whole);
        for (int first = 0; first <= input.length; first++) {
            assertThat(OurReader.read(requests, input, first)).isEqualTo(whole);
            assertThat(NettyReader.read(requests, input, first)).isEqualTo(whole);
            assertThat(OurReader.read(requests, input, first, (first + input.length) / 2))
                    .isEqualTo(whole);
        }
    }

    @Test
    void whatWeAcceptNettyAndTheGrammarAccept() {
        long seed = Long.getLong("tidemill.fuzz.seed", System.nanoTime());
        System.out.println("AgainstNettyTest: -Dtidemill.fuzz.seed=" + seed + " -Dtidemill.fuzz.mutants=" + MUTANTS);
        Random random = new Random(seed);
        Mutator mutator = new Mutator(random);
        for (int i = 0; i < MUTANTS; i++) {
            boolean requests = random.nextInt(3) > 0;
            List<String> corpus = requests ? Corpus.REQUESTS : Corpus.RESPONSES;
            String text = mutator.mutate(corpus);
            byte[] input = Texts.bytes(text);
            int[] cuts = mutator.cuts(input.length);
            try {
                Reading ours = OurReader.read(requests, input);
                assertThat(OurReader.read(requests, input, cuts)).isEqualTo(ours);
                assertThat(OurReader.readByteByByte(requests, input)).isEqualTo(ours);
                compareWithNetty(ours, NettyReader.read(requests, input, cuts));
                compareWithGrammar(requests, text, ours);
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", mutant " + i + ": " + escaped(text) + "\n" + e.getMessage(), e);
            }
        }
        System.out.println(
                "AgainstNettyTest: " + accepted + " messages accepted by both; refused by us alone: " + refusals);
        assertThat(unlisted)
                .as("refusals without a listed reason, seed " + seed)
                .isEmpty();
        assertThat(accepted).isGreaterThan(MUTANTS / 10);
    }

    private void compareWithNetty(Reading ours, Reading netty) {
        List<Message> mine = ours.messages();
        List<Message> theirs = netty.messages();
        for (int k = 0; k < mine.size(); k++) {
            Message message = mine.get(k);
            boolean faultHere = ours.fault() != null && k == mine.size() - 1 && !message.complete();
            if (faultHere) {
                continue;
            }
            if (!message.complete() && theirs.size() == k && netty.fault() != null) {
                continue;
            }
            assertThat(theirs)
                    .as("Netty's messages (fault " + netty.fault() + "), ours " + mine)
                    .hasSizeGreaterThan(k);
            assertThat(theirs.get(k)).isEqualTo(message.start().equals("304") ? withoutCoding(message) : message);
            accepted++;
        }
        if (ours.fault() == null) {
            assertThat(theirs).as("no more than ours").hasSizeLessThanOrEqualTo(mine.size());
            return;
        }
        int refused = !mine.isEmpty() && !mine.getLast().complete() ? mine.size() - 1 : mine.size();
        if (theirs.size() > refused && theirs.get(refused).complete()) {
            refusals.merge(ours.fault(), 1, Integer::sum);
            if (!STRICTER_THAN_NETTY.containsKey(ours.fault())) {
                unlisted.putIfAbsent(
                        ours.fault() + " though Netty takes it",
                        theirs.get(refused).toString());
            }
        }
    }

    /** Netty takes the field away where there is no body. */
    private static Message withoutCoding(Message message) {
        List<String> fields =
                message.fields().stream().filter(field -> !chunked(field)).toList();
        return new Message(message.start(), message.minorVersion(), fields, message.body(), message.complete());
    }

    private static boolean chunked(String field) {
        return field.toLowerCase(Locale.ROOT).startsWith("transfer-encoding:");
    }

    private void compareWithGrammar(boolean requests, String text, Reading ours) {
        int at = 0;
        for (Message message : ours.messages()) {
            int end = Grammar.head(requests, text, at);
            assertThat(end).as("a head at " + at + " of " + message).isGreaterThan(at);
            boolean chunked =
                    !message.start().equals("304") && message.fields().stream().anyMatch(AgainstNettyTest::chunked);
            if (!message.complete()) {
                if (chunked && ours.fault() != null) {
                    boolean fits = Grammar.chunked(text, end, new StringBuilder()) >= 0;
                    if (fits && !STRICTER_THAN_GRAMMAR.containsKey(ours.fault())) {
                        unlisted.putIfAbsent(ours.fault() + " though a chunked body", text);
                    }
                }
                return;
            }
            if (chunked) {
                StringBuilder payload = new StringBuilder();
                at = Grammar.chunked(text, end, payload);
                assertThat(at).as("a chunked body at " + end).isGreaterThan(end);
                assertThat(message.body()).isEqualTo(payload.toString());
            } else {
                at = end + message.body().length();
            }
        }
        if (ours.fault() != null
                && Grammar.head(requests, text, at) >= 0
                && !STRICTER_THAN_GRAMMAR.containsKey(ours.fault())) {
            unlisted.putIfAbsent(ours.fault() + " though a head", text);
        }
    }

    private static String escaped(String text) {
        StringBuilder s = new StringBuilder();
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\r' -> s.append("\\r");
                case '\n' -> s.append("\\n");
                default -> s.append(c < 0x20 || c > 0x7e ? String.format("\\x%02x", (int) c) : String.valueOf(c));
            }
        }
        return s.toString();
    }
}
