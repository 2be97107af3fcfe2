package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseRetrieveParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that the provider keeps, through OpenAI's own Java client and over a restart. */
class StoredResponsesTest {
    @TempDir
    Path folder;

    private Node node;

    @BeforeEach
    void start() throws Exception {
        node = Node.start(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private Sdk sdk(String key) {
        return Sdk.of(node.url() + "/v1", key);
    }

    private static ResponseCreateParams.Builder hello() {
        return ResponseCreateParams.builder().model("gpt-test").input("Hello, 世界");
    }

    private static String streamed(Sdk sdk, ResponseCreateParams ask) {
        try (StreamResponse<ResponseStreamEvent> stream =
                sdk.client().responses().createStreaming(ask)) {
            List<ResponseStreamEvent> events = stream.stream().toList();
            assertThat(events.getLast().completed()).isPresent();
            return events.getFirst().asCreated().response().id();
        }
    }

    @Test
    void aConversationGoesOnAndIsShownAndDeleted() throws Exception {
        try (Sdk sdk = sdk(node.key("sdk"))) {
            Response first = sdk.client().responses().create(hello().build());
            Response second = sdk.client()
                    .responses()
                    .create(hello().previousResponseId(first.id()).build());
            assertThat(second.previousResponseId()).contains(first.id());
            String third = streamed(sdk, hello().previousResponseId(second.id()).build());

            Response shown = sdk.client().responses().retrieve(third);
            assertThat(shown.id()).isEqualTo(third);
            assertThat(shown.output()).isNotEmpty();
            assertThatThrownBy(() -> sdk.client().responses().cancel(third)).isInstanceOf(BadRequestException.class);
            sdk.client().responses().delete(third);
            assertThatThrownBy(() -> sdk.client().responses().retrieve(third)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> sdk.client()
                            .responses()
                            .create(hello().previousResponseId(third).build()))
                    .isInstanceOfSatisfying(NotFoundException.class, e -> {
                        assertThat(e.code()).contains("previous_response_not_found");
                        assertThat(e.param()).contains("previous_response_id");
                    });
        }
    }

    @Test
    void whatWasToldIsFoundAfterAnEndAtOnceAndAnotherStart() throws Exception {
        String key = node.key("one");
        String stranger = node.key("two");
        String whole;
        String stream;
        try (Sdk sdk = sdk(key)) {
            whole = sdk.client().responses().create(hello().build()).id();
            stream = streamed(sdk, hello().build());
        }
        node.stop();
        node.startAgain();
        try (Sdk sdk = sdk(key);
                Sdk other = sdk(stranger)) {
            assertThat(sdk.client()
                            .responses()
                            .create(hello().previousResponseId(whole).build())
                            .previousResponseId())
                    .contains(whole);
            assertThat(sdk.client().responses().retrieve(stream).id()).isEqualTo(stream);
            int asked = node.simulator.requests().size();
            for (String id : List.of(whole, stream, "resp_nobody")) {
                assertThatThrownBy(() -> other.client().responses().retrieve(id))
                        .isInstanceOf(NotFoundException.class);
                assertThatThrownBy(() -> other.client().responses().delete(id)).isInstanceOf(NotFoundException.class);
                assertThatThrownBy(() -> other.client().responses().cancel(id)).isInstanceOf(NotFoundException.class);
                assertThatThrownBy(() -> other.client()
                                .responses()
                                .create(hello().previousResponseId(id).build()))
                        .isInstanceOf(NotFoundException.class);
            }
            assertThat(node.simulator.requests()).hasSize(asked);
        }
    }

    @Test
    void whatRunsInTheBackgroundIsPolledResumedAndCancelled() throws Exception {
        try (Sdk sdk = sdk(node.key("sdk"))) {
            ResponseCreateParams slow = ResponseCreateParams.builder()
                    .model("sim-tokens=20+speed=20")
                    .input("Hello")
                    .background(true)
                    .build();
            Response begun = sdk.client().responses().create(slow);
            assertThat(begun.status()).contains(ResponseStatus.IN_PROGRESS);
            List<ResponseStreamEvent> rest;
            try (StreamResponse<ResponseStreamEvent> stream = sdk.client()
                    .responses()
                    .retrieveStreaming(ResponseRetrieveParams.builder()
                            .responseId(begun.id())
                            .startingAfter(1)
                            .build())) {
                rest = stream.stream().toList();
            }
            assertThat(rest.getLast().completed()).isPresent();
            assertThat(rest).noneMatch(event -> event.created().isPresent());
            Response whole = sdk.client().responses().retrieve(begun.id());
            assertThat(whole.status()).contains(ResponseStatus.COMPLETED);
            assertThat(sdk.client()
                            .responses()
                            .create(hello().previousResponseId(begun.id()).build())
                            .previousResponseId())
                    .contains(begun.id());

            Response longer = sdk.client()
                    .responses()
                    .create(slow.toBuilder().model("sim-tokens=100000+speed=50").build());
            assertThat(sdk.client().responses().cancel(longer.id()).status()).contains(ResponseStatus.CANCELLED);
            assertThat(sdk.client().responses().retrieve(longer.id()).status()).contains(ResponseStatus.CANCELLED);
        }
    }
}
