package dev.tidemill.wire.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Asked.State;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.openai.ResponsesDialect;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** JSON may spell each character as an escape, and a provider reads it all the same. */
class EscapedNamesTest {
    private static final int SPELLINGS = 2_000;

    /** Bodies, and the field of theirs that names what is stored at a provider. */
    enum Said {
        CHAT_FILE(
                ChatDialect.INSTANCE,
                "{'model':'m','messages':[{'content':[{'file':{'file_id':'file-1'}}]}]}",
                "file_id"),
        CHAT(
                ChatDialect.INSTANCE,
                "{'model':'m/x','stream':true,'stream_options':{'include_usage':true},'max_tokens':7,'n':2,"
                        + "'messages':[{'content':'file_id','file_id':{'type':'string'}}]}",
                null),
        CHAT_OUTPUT(ChatDialect.INSTANCE, "{'model':'m','max_completion_tokens':9,'stream':false,'tools':[]}", null),
        RESPONSES_CONVERSATION(ResponsesDialect.INSTANCE, "{'model':'m','conversation':'conv_1'}", "conversation"),
        RESPONSES_PROMPT(ResponsesDialect.INSTANCE, "{'model':'m','prompt':{'id':'pmpt_1'}}", "prompt.id"),
        RESPONSES_FILE(ResponsesDialect.INSTANCE, "{'model':'m','input':[{'content':[{'file_id':'f'}]}]}", "file_id"),
        RESPONSES_ITEM(
                ResponsesDialect.INSTANCE,
                "{'model':'m','input':[{'type':'item_reference','id':'m'}]}",
                "item_reference"),
        RESPONSES_CALL(ResponsesDialect.INSTANCE, "{'model':'m','input':[{'container_id' : 'c'}]}", "container_id"),
        RESPONSES_VECTORS(
                ResponsesDialect.INSTANCE, "{'model':'m','tools':[{'vector_store_ids':['v']}]}", "vector_store_ids"),
        RESPONSES_FILES(
                ResponsesDialect.INSTANCE, "{'model':'m','tools':[{'container':{'file_ids':[ 'f' ]}}]}", "file_ids"),
        RESPONSES_CONTAINER(ResponsesDialect.INSTANCE, "{'model':'m','tools':[{'container':'cntr_1'}]}", "container"),
        RESPONSES_SKILL(ResponsesDialect.INSTANCE, "{'model':'m','tools':[{'skills':[{'skill_id':'s'}]}]}", "skill_id"),
        RESPONSES(
                ResponsesDialect.INSTANCE,
                "{'model':'m','previous_response_id':'resp_1','background':true,'store':true,'stream':false,"
                        + "'max_output_tokens':7,'input':[{'content':'item_reference'}]}",
                null),
        MESSAGES_FILE(
                MessagesDialect.INSTANCE, "{'model':'m','messages':[{'source':{'file_id':'file_1'}}]}", "file_id"),
        MESSAGES_CONTAINER(MessagesDialect.INSTANCE, "{'model':'m','container':'c'}", "container"),
        MESSAGES(
                MessagesDialect.INSTANCE,
                "{'model':'m','stream':true,'max_tokens':0,'messages':[{'file_id':'mine'}],'system':'file_1'}",
                null),
        GEMINI_CACHE(GeminiDialect.EVENTS, "{'cachedContent':'cachedContents/1'}", "cachedContent"),
        GEMINI_CACHE_SNAKE(GeminiDialect.EVENTS, "{'cached_content':'cachedContents/1'}", "cachedContent"),
        GEMINI_FILE(
                GeminiDialect.ARRAY,
                "{'contents':[{'fileData':{'fileUri':'https://generativelanguage.googleapis.com/v1beta/files/1'}}]}",
                "fileData.fileUri"),
        GEMINI_BARE_FILE(
                GeminiDialect.EVENTS, "{'contents':[{'file_data':{'file_uri':'files/1'}}]}", "fileData.fileUri"),
        GEMINI(
                GeminiDialect.EVENTS,
                "{'generationConfig':{'maxOutputTokens':7,'candidate_count':2},"
                        + "'contents':[{'fileData':{'fileUri':'https://youtu.be/files/1'}}]}",
                null);

        private final Dialect dialect;
        private final String body;
        private final @Nullable String foreign;

        Said(Dialect dialect, String body, @Nullable String foreign) {
            this.dialect = dialect;
            this.body = body.replace('\'', '"');
            this.foreign = foreign;
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachSpellingOfARequestIsUnderstoodAlike(Said said) throws RequestException {
        RandomGenerator random = Seeds.random(EscapedNamesTest.class);
        RequestReader reader = said.dialect.requestReader();
        Asked usual = read(reader, said.body);
        assertThat(foreign(usual)).isEqualTo(said.foreign);
        for (int i = 0; i < SPELLINGS; i++) {
            String body = spelled(said.body, random);
            Asked asked = read(reader, body);
            assertThat(foreign(asked)).as(body).isEqualTo(said.foreign);
            assertThat(meaning(asked)).as(body).isEqualTo(meaning(usual));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            chat      | {"model":"cheap","mod\\u0065l":"dear"}                       | model
            chat      | {"str\\u0065am":true,"model":"m","stream":false}             | stream
            chat      | {"model":"m","max_tokens":1,"max\\u005ftokens":9}            | max_tokens
            chat      | {"model":"m","stream_options":{"include_usage":true,"includ\\u0065_usage":false}} | stream_options.include_usage
            responses | {"model":"m","background":null,"b\\u0061ckground":true}       | background
            responses | {"model":"m","previous_response_id":"a","previous\\u005Fresponse_id":"b"} | previous_response_id
            responses | {"model":"m","conversation":null,"c\\u006fnversation":"c"}    | conversation
            messages  | {"model":"m","container":null,"contain\\u0065r":"c"}          | container
            gemini    | {"cachedContent":"","cach\\u0065dContent":"cachedContents/1"} | cachedContent
            gemini    | {"cachedContent":"","cach\\u0065d_content":"cachedContents/1"} | cached_content
            """)
    void whatIsSaidTwiceIsRefusedHoweverItIsSpelled(String api, String body, String param) {
        Dialect dialect = switch (api) {
            case "chat" -> ChatDialect.INSTANCE;
            case "responses" -> ResponsesDialect.INSTANCE;
            case "messages" -> MessagesDialect.INSTANCE;
            default -> GeminiDialect.EVENTS;
        };
        assertThatThrownBy(() -> read(dialect.requestReader(), body))
                .isInstanceOfSatisfying(RequestException.class, e -> {
                    assertThat(e.code()).isEqualTo("duplicate_parameter");
                    assertThat(e.param()).isEqualTo(param);
                });
    }

    private static Asked read(RequestReader reader, String body) throws RequestException {
        byte[] a = ("\\u0061" + body + "\"file_id\"").getBytes(StandardCharsets.UTF_8);
        return reader.read(a, 6, a.length - 9);
    }

    private static @Nullable String foreign(Asked asked) {
        State state = asked.state();
        return state == null ? null : state.foreign();
    }

    /** All but where it lies. */
    private static String meaning(Asked asked) {
        State state = asked.state();
        return String.join(
                " ",
                asked.model(),
                "" + asked.stream(),
                "" + asked.choices(),
                "" + asked.maxOutput(),
                "" + (asked.usageEdits() == null),
                state == null
                        ? "-"
                        : state.previous() + " " + state.background() + " " + state.stored() + " "
                                + (state.withoutBackground() == null));
    }

    /** The same text with some, or all, of the characters in its strings written as escapes. */
    private static String spelled(String json, RandomGenerator random) {
        int share = random.nextInt(1, 101);
        StringBuilder text = new StringBuilder();
        boolean inString = false;
        for (char c : json.toCharArray()) {
            if (c == '"') {
                inString = !inString;
            }
            if (c == '"' || !inString || random.nextInt(100) >= share) {
                text.append(c);
            } else if (c == '/' && random.nextBoolean()) {
                text.append("\\/");
            } else {
                text.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c));
            }
        }
        return text.toString();
    }
}
