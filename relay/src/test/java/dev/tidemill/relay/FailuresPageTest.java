package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/failures.md says of each class what {@link Kind} declares. */
class FailuresPageTest {
    private static List<String> declared(Kind kind) {
        return switch (kind.next()) {
            case STOP -> List.of("no", "no");
            case SAME_FIRST -> List.of("first", "then");
            case OTHER_FIRST -> List.of("if there is no other", "at once");
            case OTHER -> List.of("no", "at once");
            case OTHER_IF_ROUTE_SAYS -> List.of("no", "no; `content_policy: failover`: at once");
        };
    }

    @Test
    void everyClassIsOnThePageOnce() throws Exception {
        List<String> words = FailuresPage.kinds().stream().map(Kind::word).toList();
        FailuresPage page = FailuresPage.read();
        assertThat(page.classes().keySet()).containsExactlyInAnyOrderElementsOf(words);
        assertThat(page.following().keySet()).containsExactlyElementsOf(words);
        assertThat(page.told().keySet()).containsExactlyElementsOf(words);
    }

    @Test
    void whatFollowsIsWhatIsDeclared() throws Exception {
        FailuresPage page = FailuresPage.read();
        for (Kind kind : FailuresPage.kinds()) {
            List<String> row = page.following().get(kind.word());
            assertThat(row.subList(0, 2)).as(kind.word()).isEqualTo(declared(kind));
            assertThat(row.get(2)).as(kind.word()).isEqualTo(kind.counts() ? "yes" : "no");
            assertThat(page.told().get(kind.word()).getFirst()).isEqualTo(Integer.toString(kind.status()));
        }
    }
}
