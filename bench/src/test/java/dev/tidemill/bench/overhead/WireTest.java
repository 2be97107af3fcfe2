package dev.tidemill.bench.overhead;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class WireTest {
    @Test
    void requestsAreThreeKilobytesOfJsonThatNameTheirModel() {
        for (Workload workload : Workload.values()) {
            String request = Wire.request(workload);
            assertThat(request).hasSize(3072);
            assertThat(JsonMapper.shared().readTree(request).get("model").stringValue())
                    .isEqualTo(workload.model);
        }
    }

    @Test
    void streamHasFiftyTwoEventsOfWhichTheLastButOneIsUsage() {
        String[] events = Wire.stream().split("\n\n");
        assertThat(events).hasSize(Wire.EVENTS);
        assertThat(events[0]).contains("\"role\":\"assistant\"").hasSize(258);
        assertThat(events[Wire.EVENTS - 3]).contains("\"finish_reason\":\"stop\"");
        assertThat(events[Wire.EVENTS - 2]).contains("\"choices\":[],\"usage\":{");
        assertThat(events[Wire.EVENTS - 1]).isEqualTo("data: [DONE]");
        for (int i = 0; i < Wire.EVENTS - 1; i++) {
            assertThat(JsonMapper.shared().readTree(events[i].substring(6)).isObject())
                    .isTrue();
        }
    }

    @Test
    void plainAnswerIsJson() {
        assertThat(Wire.plainAnswer()).hasSize(1331);
        assertThat(JsonMapper.shared()
                        .readTree(Wire.plainAnswer())
                        .at("/usage/total_tokens")
                        .asInt())
                .isEqualTo(826);
    }
}
