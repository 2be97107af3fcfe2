package dev.tidemill.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrafficTest {
    @Test
    void requestsAreThreeKilobytesOfJsonThatNameTheirModel() {
        for (boolean stream : new boolean[] {true, false}) {
            String request = Traffic.request("bench-plain", stream);
            assertThat(request).hasSize(3072);
            JsonNode json = JsonMapper.shared().readTree(request);
            assertThat(json.path("model").asString()).isEqualTo("bench-plain");
            assertThat(json.at("/stream_options/include_usage").asBoolean(false))
                    .isEqualTo(stream);
        }
    }

    @Test
    void streamHasFiftyTwoEventsOfWhichTheLastButOneIsUsage() {
        String[] events = Traffic.stream().split("\n\n");
        assertThat(events).hasSize(Traffic.EVENTS);
        assertThat(events[0]).contains("\"role\":\"assistant\"").hasSize(258);
        assertThat(events[Traffic.EVENTS - 3]).contains("\"finish_reason\":\"stop\"");
        assertThat(events[Traffic.EVENTS - 2]).contains("\"choices\":[],\"usage\":{");
        assertThat(events[Traffic.EVENTS - 1]).isEqualTo("data: [DONE]");
        for (int i = 0; i < Traffic.EVENTS - 1; i++) {
            assertThat(JsonMapper.shared().readTree(events[i].substring(6)).isObject())
                    .isTrue();
        }
    }

    @Test
    void plainAnswerIsJson() {
        assertThat(Traffic.plainAnswer()).hasSize(1331);
        assertThat(JsonMapper.shared()
                        .readTree(Traffic.plainAnswer())
                        .at("/usage/total_tokens")
                        .asInt())
                .isEqualTo(826);
    }
}
