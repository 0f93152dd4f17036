import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

/**
 * The runtime of a program that Turncoat asks: a request a line on stdin, an answer a line on stdout.
 *
 * A handler gets the state and a context, and changes the state in place. What it asks for may not be there yet: an Ask then
 * leaves the handler, the question is the answer, and the handler is run again with what is known.
 */
final class Turncoat {
    /** A question that has no answer yet. Let it pass. */
    static final class Ask extends RuntimeException {
        final Map<String, Object> question;

        Ask(Map<String, Object> question) {
            super(null, null, false, false);
            this.question = question;
        }
    }

    interface Handler {
        /** Returns the next state, or what "summarise" asks for. */
        Object handle(Map<String, Object> request, Context ctx);
    }

    static final class Context {
        final long n;
        final Map<String, Object> rules;
        private final Iterator<?> answers;
        private final List<Object> actions = new ArrayList<>();

        @SuppressWarnings("unchecked")
        Context(Map<String, Object> request) {
            n = (long) request.get("n");
            rules = (Map<String, Object>) request.get("rules");
            answers = ((List<?>) request.getOrDefault("answers", List.of())).iterator();
        }

        private Object ask(Map<String, Object> question) {
            if (!answers.hasNext()) throw new Ask(question);
            return answers.next();
        }

        long self() { return (long) ask(object("ask", "self")); }

        long from() { return (long) ask(object("ask", "from")); }

        /** Goes on only if q distinct replicas have said a matching message. */
        void need(Object q, String type, Map<String, Object> fields) {
            ask(object("ask", "need", "q", q, "match", object("type", type, "fields", fields)));
        }

        /** The same, and hands over what the named summary makes of q such messages. */
        Object take(Object q, String type, Map<String, Object> fields, String summary) {
            return ask(object("ask", "take", "q", q, "match", object("type", type, "fields", fields), "summary", summary));
        }

        void broadcast(Map<String, Object> message) { actions.add(object("broadcast", message)); }

        void output(Map<String, Object> output) { actions.add(object("output", output)); }

        void setTimer(String timer) { actions.add(object("timer", timer)); }
    }

    /** An object of keys and values, one after the other. */
    static Map<String, Object> object(Object... parts) {
        Map<String, Object> made = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i += 2) made.put((String) parts[i], parts[i + 1]);
        return made;
    }

    private static Map<String, Object> answer(Map<String, Object> request, Handler handler) {
        Context ctx = new Context(request);
        try {
            Object made = handler.handle(request, ctx);
            boolean isSummary = request.get("event").equals("summarise");
            return isSummary ? object("summary", made) : object("state", made, "do", ctx.actions);
        } catch (Ask asked) {
            return asked.question;
        } catch (RuntimeException error) {
            return object("error", error.toString());
        }
    }

    /** Answers until there is nothing more to read. */
    @SuppressWarnings("unchecked")
    static void serve(Handler handler) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<String, Object> request = (Map<String, Object>) Json.read(line);
            Map<String, Object> answer = answer(request, handler);
            answer.put("id", request.get("id"));
            out.println(Json.write(answer));
        }
    }
}
