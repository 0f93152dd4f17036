import java.util.*;

/** The register in Java. `--forgets-its-lock` plants a bug: who changes the view forgets what it is locked on. */
final class Register {
    private final Map<String, Object> s;
    private final Turncoat.Context ctx;
    private final boolean forgets;

    private Register(Map<String, Object> state, Turncoat.Context ctx, boolean forgets) {
        this.s = state;
        this.ctx = ctx;
        this.forgets = forgets;
    }

    private void propose(Object value) {
        ctx.broadcast(Turncoat.object("type", "PROPOSE", "view", s.get("view"), "value", value));
        accept(value);
    }

    private void accept(Object value) {
        s.put("accepted", value);
        ctx.broadcast(Turncoat.object("type", "ACCEPT", "view", s.get("view"), "value", value));
    }

    private void input(Object value) {
        if (s.get("wish") != null) return;
        s.put("wish", value);
        if (s.get("view").equals(0L) && ctx.self() == 0) propose(value);
    }

    private void timeout() {
        if (forgets) s.put("locked", null);
        s.put("view", (long) s.get("view") + 1);
        s.put("accepted", null);
        ctx.broadcast(Turncoat.object("type", "CHANGE", "view", s.get("view"), "locked", s.get("locked")));
        ctx.setTimer("view");
    }

    private void message(String rule, Map<String, Object> m) {
        long view = (long) m.get("view");
        boolean isCurrent = s.get("view").equals(view);
        Map<String, Object> vote = Turncoat.object("view", view, "value", m.get("value"));
        Object q = ctx.rules.get("quorum");
        switch (rule) {
            case "PROPOSE" -> {
                if (isCurrent && s.get("accepted") == null && ctx.from() == view % ctx.n) accept(m.get("value"));
            }
            case "ACCEPT" -> {
                if (!isCurrent || s.get("locked") instanceof Map<?, ?> lock && lock.get("view").equals(view)) return;
                ctx.need(q, "ACCEPT", vote);
                s.put("locked", vote);
                ctx.broadcast(Turncoat.object("type", "COMMIT", "view", view, "value", m.get("value")));
            }
            case "COMMIT" -> {
                if (s.get("written") != null) return;
                ctx.need(q, "COMMIT", vote);
                s.put("written", m.get("value"));
                ctx.output(Turncoat.object("written", m.get("value")));
            }
            case "CHANGE" -> {
                if (!isCurrent || s.get("accepted") != null || ctx.self() != view % ctx.n) return;
                Object lock = ctx.take(q, "CHANGE", Turncoat.object("view", view), "highest");
                Object value = lock instanceof Map<?, ?> held ? held.get("value") : s.get("wish");
                if (value != null) propose(value);
            }
            default -> throw new IllegalArgumentException(rule);
        }
    }

    private static Object highest(List<?> changes) {
        Map<?, ?> highest = null;
        for (Object change : changes) {
            Map<?, ?> lock = (Map<?, ?>) ((Map<?, ?>) change).get("locked");
            if (lock != null && (highest == null || (long) lock.get("view") > (long) highest.get("view"))) highest = lock;
        }
        return highest;
    }

    @SuppressWarnings("unchecked")
    public static void main(String[] words) throws Exception {
        boolean forgets = List.of(words).contains("--forgets-its-lock");
        Turncoat.serve((request, ctx) -> {
            Map<String, Object> state = (Map<String, Object>) request.get("state");
            Register register = new Register(state, ctx, forgets);
            switch ((String) request.get("event")) {
                case "summarise" -> {
                    return highest((List<?>) request.get("messages"));
                }
                case "init" -> {
                    ctx.setTimer("view");
                    return Turncoat.object("view", 0L, "wish", null, "accepted", null, "locked", null, "written", null);
                }
                case "input" -> register.input(request.get("value"));
                case "timeout" -> register.timeout();
                default -> register.message((String) request.get("rule"), (Map<String, Object>) request.get("message"));
            }
            return state;
        });
    }
}
