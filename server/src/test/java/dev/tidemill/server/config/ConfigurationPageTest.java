package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code ./dev format} runs this with {@code -Dtidemill.write=true}. */
class ConfigurationPageTest {
    @Test
    void thePageIsWhatTheDeclarationsSay() throws Exception {
        Path page = Path.of("../docs/configuration.md");
        if (Boolean.getBoolean("tidemill.write")) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, ConfigurationPage.text());
        }

        assertThat(page).as("run ./dev format to write it anew").hasContent(ConfigurationPage.text());
    }
}
