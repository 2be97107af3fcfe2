package dev.tidemill.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    private static final String FOLDER = "dev/tidemill/store/sqlite/steps";
    private static final Schema OLD = new Schema(FOLDER, List.of("V1__one.sql"));
    private static final Schema NEW = new Schema(FOLDER, List.of("V1__one.sql", "V2__two.sql"));

    @TempDir
    Path temp;

    private static List<String> things(Database database) throws IOException {
        return database.read(
                "list",
                session -> session.list(
                        "SELECT name FROM sqlite_schema WHERE name LIKE 'one%' ORDER BY name",
                        row -> row.text("name")));
    }

    @Test
    void aFileOfAnOlderSchemaKeepsItsRowsAndGetsTheNewSteps() throws Exception {
        Path file = temp.resolve("t.db");
        try (Database database = Database.open(file, OLD)) {
            database.write("insert", session -> session.run("INSERT INTO one (n) VALUES (7)"));
            assertThat(things(database)).containsExactly("one");
        }
        for (int round = 0; round < 2; round++) {
            try (Database database = Database.open(file, NEW)) {
                assertThat(things(database)).containsExactly("one", "one_by_text");
                assertThat(database.<Long>read(
                                "n", session -> session.first("SELECT n FROM one", row -> row.number("n"))))
                        .isEqualTo(7);
            }
        }
    }

    @Test
    void aNewFileGetsAllStepsAtOnce() throws Exception {
        try (Database database = Database.open(temp.resolve("t.db"), NEW)) {
            assertThat(things(database)).containsExactly("one", "one_by_text");
        }
    }

    @Test
    void everyScriptAmongTheResourcesIsListed() throws Exception {
        Path folder = Path.of("src/main/resources").resolve(Schema.CURRENT.folder());
        try (Stream<Path> scripts = Files.list(folder)) {
            assertThat(scripts.map(script -> script.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Schema.CURRENT.scripts());
        }
    }
}
