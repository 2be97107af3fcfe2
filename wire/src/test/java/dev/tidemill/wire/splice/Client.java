package dev.tidemill.wire.splice;

import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a client makes of all bytes it got.
 *
 * @param words by block
 * @param frames openings and closings of blocks, in order
 * @param others data of the events that are firm and hold no words, in order
 * @param starts how often a message begins
 */
record Client(
        Map<String, String> words, List<String> frames, List<String> others, int finishes, int lasts, int starts) {
    static Client of(Dialect dialect, byte[] bytes) throws SseException {
        Speech speech = dialect.speech();
        EventReader reader = dialect.eventReader();
        AnswerStream stream = dialect.answerStream(1);
        Map<String, String> words = new TreeMap<>();
        List<String> frames = new ArrayList<>();
        List<String> others = new ArrayList<>();
        int finishes = 0;
        int lasts = 0;
        int starts = 0;
        reader.feed(bytes, 0, bytes.length);
        while (reader.next()) {
            if (!reader.hasData()) {
                continue;
            }
            int meaning = stream.look(reader);
            finishes += (meaning & Meaning.FINISH) != 0 ? 1 : 0;
            lasts += (meaning & Meaning.LAST) != 0 ? 1 : 0;
            String data = new String(
                    reader.data(), reader.dataFrom(), reader.dataTo() - reader.dataFrom(), StandardCharsets.UTF_8);
            starts += data.contains("\"message_start\"") ? 1 : 0;
            Said said = speech.read(reader.data(), reader.dataFrom(), reader.dataTo());
            for (Said.Text text : said.texts()) {
                words.merge(
                        text.voice() + " " + text.block(),
                        JsonText.string(reader.data(), text.from(), text.to()),
                        String::concat);
            }
            if (said.frame() != Said.Frame.NONE) {
                frames.add(said.frame() + " " + said.block() + " " + said.voice());
            } else if (said.firm() && said.texts().isEmpty()) {
                others.add(Event.withoutId(data));
            }
        }
        return new Client(words, frames, others, finishes, lasts, starts);
    }

    String all() {
        return String.join("|", words.values());
    }
}
