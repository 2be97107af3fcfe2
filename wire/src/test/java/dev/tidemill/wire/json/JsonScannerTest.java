package dev.tidemill.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonScannerTest {
    private static final int MODEL = 0;
    private static final int N = 1;
    private final JsonScanner scanner = new JsonScanner(FieldTable.of("model", "n", "stream"), 8);
    private byte[] text = {};

    @Test
    void wantedFieldsAreFoundWithKindAndPlace() throws JsonException {
        scan(" { \"x\" : [1,{\"n\":9}] , \"model\" : \"m\\\"\" ,\"n\":-1.5e3}\n");
        assertThat(scanner.root()).isEqualTo(JsonKind.OBJECT);
        assertThat(scanner.kind(MODEL)).isEqualTo(JsonKind.STRING);
        assertThat(value(MODEL)).isEqualTo("\"m\\\"\"");
        assertThat(scanner.kind(N)).isEqualTo(JsonKind.NUMBER);
        assertThat(value(N)).isEqualTo("-1.5e3");
        assertThat(scanner.kind(2)).isEqualTo(JsonKind.ABSENT);
        assertThat(scanner.anyRepeated()).isEqualTo(-1);
        assertThat(scanner.deepest()).isEqualTo(3);
    }

    @Test
    void everyKind() throws JsonException {
        scan("{\"model\":null,\"n\":true,\"stream\":false}");
        assertThat(scanner.kind(0)).isEqualTo(JsonKind.NULL);
        assertThat(scanner.kind(1)).isEqualTo(JsonKind.TRUE);
        assertThat(scanner.kind(2)).isEqualTo(JsonKind.FALSE);
        scan("{\"model\":{},\"n\":[],\"stream\":{\"model\":[[]]}}");
        assertThat(scanner.kind(0)).isEqualTo(JsonKind.OBJECT);
        assertThat(value(0)).isEqualTo("{}");
        assertThat(scanner.kind(1)).isEqualTo(JsonKind.ARRAY);
        assertThat(value(2)).isEqualTo("{\"model\":[[]]}");
        assertThat(scanner.anyRepeated()).isEqualTo(-1);
    }

    @Test
    void fieldsDeeperDownOrInArraysAreNotMeant() throws JsonException {
        scan("[{\"model\":1}]");
        assertThat(scanner.kind(MODEL)).isEqualTo(JsonKind.ABSENT);
        scan("{\"a\":{\"model\":1},\"b\":[\"model\",{\"model\":2}]}");
        assertThat(scanner.kind(MODEL)).isEqualTo(JsonKind.ABSENT);
    }

    @Test
    void escapedNamesAreTheSameNames() throws JsonException {
        scan("{\"mod\\u0065l\":\"a\"}");
        assertThat(value(MODEL)).isEqualTo("\"a\"");
        scan("{\"\\u006D\\u006f\\u0064\\u0065\\u006c\":1,\"model\":2}");
        assertThat(scanner.repeated(MODEL)).isTrue();
        assertThat(scanner.anyRepeated()).isEqualTo(MODEL);
        assertThat(value(MODEL)).isEqualTo("2");
        scan("{\"mod\\\\u0065l\":1}");
        assertThat(scanner.kind(MODEL)).isEqualTo(JsonKind.ABSENT);
    }

    @Test
    void depthIsLimited() throws JsonException {
        scan("[".repeat(8) + "]".repeat(8));
        assertThat(scanner.deepest()).isEqualTo(8);
        JsonException e = catchThrowableOfType(JsonException.class, () -> scan("[".repeat(9) + "]".repeat(9)));
        assertThat(e.fault()).isEqualTo(JsonException.Fault.DEPTH);
        assertThat(e).hasMessage("nesting: 9 levels at byte 8 (expected: <= 8)");
    }

    @Test
    void damagedTextIsToldFromDamagedGrammar() {
        byte[] bad = {'"', 'a', (byte) 0xC3, '"'};
        JsonException e = catchThrowableOfType(JsonException.class, () -> scanner.scan(bad, 0, 4));
        assertThat(e.fault()).isEqualTo(JsonException.Fault.ENCODING);
        assertThat(e.offset()).isEqualTo(2);
        e = catchThrowableOfType(JsonException.class, () -> scan("{\"a\" 1}"));
        assertThat(e.fault()).isEqualTo(JsonException.Fault.SYNTAX);
        assertThat(e).hasMessage("not JSON at byte 5 (expected: ':')");
    }

    @Test
    void whatWasFoundBeforeIsForgotten() throws JsonException {
        scan("{\"model\":1,\"model\":2}");
        scan("{}");
        assertThat(scanner.kind(MODEL)).isEqualTo(JsonKind.ABSENT);
        assertThat(scanner.repeated(MODEL)).isFalse();
    }

    @Test
    void recordedAnswersAreSound() {
        JsonScanner deep = new JsonScanner(FieldTable.of("usage"), 64);
        for (Path file : Fixtures.files("streams/vercel-ai", ".json")) {
            byte[] a = Fixtures.bytes(file);
            assertThatCode(() -> deep.scan(a, 0, a.length)).as("%s", file).doesNotThrowAnyException();
        }
    }

    @Test
    void changedBytesAreJudgedAsJacksonJudges() {
        RandomGenerator random = Seeds.random(getClass());
        JsonMapper jackson = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        byte[] sound =
                "{\"model\":\"gpt-ü你🧡\\n\\u00e9\",\"n\": [1, -2.5e-3,true,false,null,{}], \"stream\":{\"a\":[[]]}}"
                        .getBytes(StandardCharsets.UTF_8);
        String likely = "{}[]\",:\\0-1.eE+tfn u\n\u0001";
        for (int round = 0; round < 20_000; round++) {
            byte[] a = sound.clone();
            int changes = 1 + random.nextInt(2);
            for (int i = 0; i < changes; i++) {
                int other =
                        random.nextInt(4) == 0 ? random.nextInt(256) : likely.charAt(random.nextInt(likely.length()));
                a[random.nextInt(a.length)] = (byte) other;
            }
            String shown = new String(a, StandardCharsets.ISO_8859_1);
            JsonNode tree = utf8(a) ? treeOrNull(jackson, a) : null; // Jackson takes some overlong forms
            assertThat(taken(a)).as(shown).isEqualTo(tree != null);
            if (tree != null && tree.isObject()) {
                for (int f = 0; f < 3; f++) {
                    JsonNode field = tree.get(new String[] {"model", "n", "stream"}[f]);
                    assertThat(scanner.kind(f) == JsonKind.ABSENT).as(shown).isEqualTo(field == null);
                    if (field != null) {
                        byte[] part = Arrays.copyOfRange(a, scanner.from(f), scanner.to(f));
                        assertThat(jackson.readTree(part)).as(shown).isEqualTo(field);
                    }
                }
            }
        }
    }

    private boolean taken(byte[] a) {
        try {
            scanner.scan(a, 0, a.length);
            return true;
        } catch (JsonException e) {
            return false;
        }
    }

    private static boolean utf8(byte[] a) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(a));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static JsonNode treeOrNull(JsonMapper jackson, byte[] a) {
        try {
            return jackson.readTree(a);
        } catch (JacksonException e) {
            return null;
        }
    }

    private void scan(String json) throws JsonException {
        text = json.getBytes(StandardCharsets.UTF_8);
        scanner.scan(text, 0, text.length);
    }

    private String value(int field) {
        return new String(text, scanner.from(field), scanner.to(field) - scanner.from(field), StandardCharsets.UTF_8);
    }
}
