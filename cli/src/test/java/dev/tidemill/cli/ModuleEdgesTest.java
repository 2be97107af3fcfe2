package dev.tidemill.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.tidemill.relay.planted.KnowsTheStore;
import dev.tidemill.wire.planted.ReachesUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A module uses only those above it: here is who may use whom. */
class ModuleEdgesTest {
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "wire", List.of(),
            "core", List.of("wire"),
            "simulator", List.of("wire"),
            "relay", List.of("wire", "core"),
            "batch", List.of("wire", "core", "relay"),
            "store", List.of("wire", "core", "relay", "batch"),
            "server", List.of("wire", "core", "relay", "batch", "store"),
            "cli", List.of("wire", "core", "simulator", "relay", "batch", "store", "server"));

    /** Sockets, files and databases are for others. */
    private static final String[] IO = {
        "io.netty..",
        "java.sql..",
        "javax.sql..",
        "java.net.http..",
        "java.nio.file..",
        "java.nio.channels..",
        "org.sqlite.."
    };

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.tidemill");

    @Test
    void everyModuleIsThere() {
        for (String module : MAY_USE.keySet()) {
            assertThat(OURS.stream().filter(it -> it.getPackageName().startsWith("dev.tidemill." + module)))
                    .as(module)
                    .isNotEmpty();
        }
    }

    @Test
    void noModuleUsesOneBelowIt() {
        for (String module : MAY_USE.keySet()) {
            assertThatCode(() -> edges(module).check(OURS)).as(module).doesNotThrowAnyException();
        }
    }

    @Test
    void whatGoesOverTheWireAndWhatDecidesDoNoInputOrOutput() {
        assertThatCode(() -> noIo("wire").check(OURS)).doesNotThrowAnyException();
        assertThatCode(() -> noIo("core").check(OURS)).doesNotThrowAnyException();
    }

    @Test
    void aWrongImportIsFound() {
        JavaClasses planted = new ClassFileImporter().importClasses(ReachesUp.class, KnowsTheStore.class);

        assertThatThrownBy(() -> edges("wire").check(planted)).hasMessageContaining("dev.tidemill.core.route.Routes");
        assertThatThrownBy(() -> noIo("wire").check(planted)).hasMessageContaining("io.netty.buffer.ByteBuf");
        assertThatThrownBy(() -> edges("relay").check(planted)).hasMessageContaining("dev.tidemill.store.Store");
    }

    private static ArchRule edges(String module) {
        List<String> forbidden = new ArrayList<>();
        for (String other : MAY_USE.keySet()) {
            if (!other.equals(module) && !MAY_USE.get(module).contains(other)) {
                forbidden.add("dev.tidemill." + other + "..");
            }
        }
        forbidden.add("dev.tidemill.bench..");
        return noClasses()
                .that()
                .resideInAPackage("dev.tidemill." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.toArray(String[]::new));
    }

    private static ArchRule noIo(String module) {
        return noClasses()
                .that()
                .resideInAPackage("dev.tidemill." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(IO);
    }
}
