package quiver.frontend.pgwire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The startup parameter `options`: command-line arguments that set parameters, `-c name=value` or
/// `--name=value`. A backslash keeps a blank inside an argument.
final class StartupOptions {
  private StartupOptions() {}

  static Map<String, String> parse(String options) {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> arguments = split(options);
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      String setting;
      if (argument.equals("-c") && i + 1 < arguments.size()) {
        setting = arguments.get(++i);
      } else if (argument.startsWith("--")) {
        setting = argument.substring(2);
      } else if (argument.startsWith("-c")) {
        setting = argument.substring(2);
      } else {
        throw invalid(argument);
      }
      int equals = setting.indexOf('=');
      if (equals <= 0) {
        throw invalid(argument);
      }
      settings.put(setting.substring(0, equals).replace('-', '_'), setting.substring(equals + 1));
    }
    return settings;
  }

  private static QuiverException invalid(String argument) {
    return new QuiverException(
        SqlState.SYNTAX_ERROR, "invalid command-line argument for server process: %s", argument);
  }

  private static List<String> split(String options) {
    List<String> arguments = new ArrayList<>();
    StringBuilder argument = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < options.length(); i++) {
      char c = options.charAt(i);
      if (c == '\\' && i + 1 < options.length()) {
        argument.append(options.charAt(++i));
        inside = true;
      } else if (Character.isWhitespace(c)) {
        if (inside) {
          arguments.add(argument.toString());
          argument.setLength(0);
          inside = false;
        }
      } else {
        argument.append(c);
        inside = true;
      }
    }
    if (inside) {
      arguments.add(argument.toString());
    }
    return arguments;
  }
}
