package dev.tidemill.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.cli.CommandFailed;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"http://h:8080", "http://h:8080/", "http://h:8080/v1", "http://h:8080/v1/", "http://h:8080/v1/v1"
            })
    void aBaseWithOrWithoutItsVersionIsUnderstood(String url) throws Exception {
        assertThat(Access.base(url)).isEqualTo(URI.create("http://h:8080"));
    }

    @Test
    void whatIsNoUrlIsWrongUsage() {
        for (String url : new String[] {"", "localhost:8080", "ftp://h", "http://", "ht tp://h"}) {
            assertThatThrownBy(() -> Access.base(url))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("expected: http://");
        }
    }
}
