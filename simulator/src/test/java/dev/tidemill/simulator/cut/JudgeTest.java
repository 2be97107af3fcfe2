package dev.tidemill.simulator.cut;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.cut.Outcome.End;
import dev.tidemill.simulator.relayed.Api;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A judge is worth what it finds: answers that are honest, and others that are not. */
class JudgeTest {
    private static final String A = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    private static final String FINISH =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final String ERROR = "data: {\"error\":{\"message\":\"cut\"}}\n\n";
    private static final Recording CHAT = Recording.of("chat", Api.CHAT, A + FINISH + DONE);

    private static final String START = "event: message_start\ndata: {\"type\":\"message_start\"}\n\n";
    private static final String WORD =
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"a\"}}\n\n";
    private static final String STOP = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    private static final Recording MESSAGES = Recording.of("messages", Api.MESSAGES, START + WORD + STOP);

    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
    private static final Recording WITH_USAGE = Recording.of("usage", Api.CHAT, A + FINISH + USAGE + DONE);
    private static final String UNCLOSED =
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{}\n\n";

    private static Outcome judge(Recording recording, int at, boolean clean, int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return Judge.of(recording, new Cut(at, clean), new Came(status, true, bytes, bytes.length));
    }

    private static void honest(Outcome outcome, End end) {
        assertThat(outcome).isEqualTo(new Outcome(end, null));
    }

    private static @Nullable String fault(Outcome outcome) {
        return outcome.fault();
    }

    @Test
    void honestEnds() {
        honest(judge(CHAT, CHAT.length(), true, 200, A + FINISH + DONE), End.WHOLE);
        honest(judge(CHAT, A.length() + FINISH.length(), true, 200, A + FINISH + DONE), End.WHOLE);
        honest(judge(CHAT, A.length() + FINISH.length(), false, 200, A + FINISH + ERROR), End.ERROR_EVENT);
        honest(judge(CHAT, A.length() + 5, true, 200, A + ERROR), End.ERROR_EVENT);
        honest(judge(CHAT, 5, true, 502, "{\"error\":{\"message\":\"cut\"}}"), End.STATUS);
        honest(
                judge(MESSAGES, MESSAGES.length() - 1, true, 200, START + WORD + "event: error\n" + ERROR),
                End.ERROR_EVENT);
    }

    @Test
    void aCutAnswerWithTheMarkOfAWholeOne() {
        assertThat(fault(judge(CHAT, A.length(), true, 200, A + DONE))).contains("expected an error event");
        assertThat(fault(judge(CHAT, A.length(), true, 200, A + ERROR + DONE))).contains("expected an error event");
        assertThat(fault(judge(CHAT, A.length() + FINISH.length(), false, 200, A + FINISH + DONE)))
                .contains("expected an error event");
        assertThat(fault(judge(MESSAGES, MESSAGES.length() - 1, true, 200, START + WORD + STOP)))
                .contains("expected an error event");
    }

    @Test
    void aCutAnswerThatJustEnds() {
        assertThat(fault(judge(CHAT, A.length(), true, 200, A))).contains("expected an error event");
        assertThat(fault(judge(CHAT, A.length() + FINISH.length(), true, 200, A + FINISH)))
                .contains("expected [DONE]");
    }

    @Test
    void usageThatNobodyAskedFor() {
        int whole = WITH_USAGE.length();
        assertThat(new Cut(whole, true).usageAsked()).isNotEqualTo(new Cut(whole, false).usageAsked());
        for (boolean clean : new boolean[] {true, false}) {
            boolean asked = new Cut(whole, clean).usageAsked();
            honest(judge(WITH_USAGE, whole, clean, 200, A + FINISH + (asked ? USAGE : "") + DONE), End.WHOLE);
            assertThat(fault(judge(WITH_USAGE, whole, clean, 200, A + FINISH + (asked ? "" : USAGE) + DONE)))
                    .isNotNull();
        }
    }

    @Test
    void aLastEventWithoutItsBraceIsStillTheLast() {
        Recording responses = Recording.of("responses", Api.RESPONSES, UNCLOSED);
        honest(judge(responses, responses.length(), false, 200, UNCLOSED), End.WHOLE);
    }

    @Test
    void halfAnEventLostEventsAndAStatusInPlaceOfAnAnswer() {
        assertThat(fault(judge(CHAT, A.length() + 20, true, 200, A + FINISH.substring(0, 20) + ERROR)))
                .isNotNull();
        assertThat(fault(judge(CHAT, A.length() + FINISH.length(), true, 200, A + DONE)))
                .contains("not what was passed on");
        assertThat(fault(judge(CHAT, A.length(), true, 502, "{\"error\":{\"message\":\"cut\"}}")))
                .contains("though there was an answer");
        assertThat(fault(judge(CHAT, 5, true, 502, "<html>"))).contains("without an error");
        assertThat(fault(judge(CHAT, CHAT.length(), true, 200, A + FINISH + DONE + A)))
                .contains("behind the end");
    }
}
