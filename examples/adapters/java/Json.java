import java.util.*;

/** Just enough JSON: objects are maps, lists are lists, numbers are whole. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) { this.text = text; }

    static Object read(String text) { return new Json(text).value(); }

    private char next() {
        while (Character.isWhitespace(text.charAt(at))) at++;
        return text.charAt(at);
    }

    private boolean skip(char wanted) {
        if (next() != wanted) return false;
        at++;
        return true;
    }

    private Object value() {
        switch (next()) {
            case '{': {
                Map<String, Object> map = new LinkedHashMap<>();
                for (at++; !skip('}'); skip(',')) { String key = string(); skip(':'); map.put(key, value()); }
                return map;
            }
            case '[': {
                List<Object> list = new ArrayList<>();
                for (at++; !skip(']'); skip(',')) list.add(value());
                return list;
            }
            case '"': return string();
            case 't': at += 4; return true;
            case 'f': at += 5; return false;
            case 'n': at += 4; return null;
            default: {
                int begun = at;
                while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
                return (long) Double.parseDouble(text.substring(begun, at));
            }
        }
    }

    private String string() {
        StringBuilder made = new StringBuilder();
        next();
        for (at++; text.charAt(at) != '"'; at++) {
            char letter = text.charAt(at);
            if (letter != '\\') { made.append(letter); continue; }
            letter = text.charAt(++at);
if (letter == 'u') { made.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16)); at += 4; continue; }
            int known = "nrtbf".indexOf(letter);
            made.append(known < 0 ? letter : "\n\r\t\b\f".charAt(known));
        }
        at++;
        return made.toString();
    }

    static String write(Object value) {
        if (value instanceof Map<?, ?> map) {
            StringJoiner parts = new StringJoiner(",", "{", "}");
            map.forEach((key, part) -> parts.add(write(key) + ":" + write(part)));
            return parts.toString();
        }
        if (value instanceof List<?> list) {
            StringJoiner parts = new StringJoiner(",", "[", "]");
            for (Object part : list) parts.add(write(part));
            return parts.toString();
        }
        if (!(value instanceof String text)) return String.valueOf(value);
        StringBuilder made = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter == '"' || letter == '\\') made.append('\\').append(letter);
            else if (letter < ' ') made.append(String.format("\\u%04x", (int) letter));
            else made.append(letter);
        }
        return made.append('"').toString();
    }
}
