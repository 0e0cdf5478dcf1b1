package quiver.execution.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import quiver.common.value.JsonText;

/// What EXPLAIN says in a format for programs, independent of the format.
final class ExplainDocument {
  private ExplainDocument() {}

  /// A named part.
  record Entry(String name, Value value) {}

  /// The value of a part.
  sealed interface Value {}

  /// A text.
  record Text(String text) implements Value {}

  /// A number or truth value.
  record Plain(String text) implements Value {}

  /// A list of texts.
  record Items(List<String> texts) implements Value {
    Items {
      texts = List.copyOf(texts);
    }
  }

  /// Named parts.
  record Group(List<Entry> entries) implements Value {
    Group {
      entries = List.copyOf(entries);
    }
  }

  /// A list of groups, each of this name where the format has names.
  record Groups(String itemName, List<Group> groups) implements Value {
    Groups {
      groups = List.copyOf(groups);
    }
  }

  // ---- JSON

  static String json(Group query) {
    StringBuilder out = new StringBuilder("[\n  ");
    jsonGroup(query, 2, out);
    return out.append("\n]").toString();
  }

  private static void jsonGroup(Group group, int indent, StringBuilder out) {
    String pad = "\n" + " ".repeat(indent + 2);
    out.append('{');
    String separator = "";
    for (Entry entry : group.entries()) {
      out.append(separator).append(pad).append(JsonText.quote(entry.name())).append(": ");
      separator = ",";
      switch (entry.value()) {
        case Text(String text) -> out.append(JsonText.quote(text));
        case Plain(String text) -> out.append(text);
        case Items(List<String> texts) ->
            out.append(
                texts.stream().map(JsonText::quote).collect(Collectors.joining(", ", "[", "]")));
        case Group inner -> jsonGroup(inner, indent + 2, out);
        case Groups(var _, List<Group> groups) -> {
          out.append('[');
          for (int i = 0; i < groups.size(); i++) {
            out.append(i == 0 ? "" : ",").append(pad).append("  ");
            jsonGroup(groups.get(i), indent + 4, out);
          }
          out.append(pad).append(']');
        }
      }
    }
    out.append("\n").append(" ".repeat(indent)).append('}');
  }

  // ---- YAML

  static String yaml(Group query) {
    List<String> lines = new ArrayList<>();
    yamlGroup(query, 0, lines);
    return String.join("\n", lines);
  }

  /// An element of a list.
  private static void yamlGroup(Group group, int indent, List<String> lines) {
    int first = lines.size();
    yamlEntries(group, indent + 2, lines);
    if (first < lines.size()) {
      lines.set(first, " ".repeat(indent) + "- " + lines.get(first).substring(indent + 2));
    }
  }

  private static void yamlEntries(Group group, int indent, List<String> lines) {
    String pad = " ".repeat(indent);
    for (Entry entry : group.entries()) {
      String name = pad + entry.name() + ":";
      switch (entry.value()) {
        case Text(String text) -> lines.add(name + " " + JsonText.quote(text));
        case Plain(String text) -> lines.add(name + " " + text);
        case Items(List<String> texts) -> {
          lines.add(name + " ");
          texts.forEach(text -> lines.add(pad + "  - " + JsonText.quote(text)));
        }
        case Group inner -> {
          lines.add(name + " ");
          yamlEntries(inner, indent + 2, lines);
        }
        case Groups(var _, List<Group> groups) -> {
          lines.add(name + " ");
          groups.forEach(inner -> yamlGroup(inner, indent + 2, lines));
        }
      }
    }
  }

  // ---- XML

  static String xml(Group query) {
    List<String> lines = new ArrayList<>();
    lines.add("<explain xmlns=\"http://www.postgresql.org/2009/explain\">");
    element("Query", query, 2, lines);
    lines.add("</explain>");
    return String.join("\n", lines);
  }

  private static void element(String name, Value value, int indent, List<String> lines) {
    String pad = " ".repeat(indent);
    String tag = name.replaceAll("[^A-Za-z0-9_.]", "-");
    String open = pad + "<" + tag + ">";
    String close = "</" + tag + ">";
    switch (value) {
      case Text(String text) -> lines.add(open + escaped(text) + close);
      case Plain(String text) -> lines.add(open + text + close);
      case Items(List<String> texts) -> {
        lines.add(open);
        texts.forEach(text -> lines.add(pad + "  <Item>" + escaped(text) + "</Item>"));
        lines.add(pad + close);
      }
      case Group(List<Entry> entries) -> {
        lines.add(open);
        entries.forEach(entry -> element(entry.name(), entry.value(), indent + 2, lines));
        lines.add(pad + close);
      }
      case Groups(String itemName, List<Group> groups) -> {
        lines.add(open);
        groups.forEach(inner -> element(itemName, inner, indent + 2, lines));
        lines.add(pad + close);
      }
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\r", "&#x0d;");
  }
}
