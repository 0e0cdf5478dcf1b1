package quiver.execution.function;

import quiver.common.format.DateTimes;
import quiver.common.value.Numeric;

/// `to_char`, `to_number`, `to_date` and `to_timestamp`.
final class TemplateFunctions {
  private static final int DOUBLE_DIGITS = 15;
  private static final int FLOAT_DIGITS = 6;

  private TemplateFunctions() {}

  static void addTo(FunctionTable table) {
    ScalarFunction integer =
        (_, a) -> NumberTemplate.format(Numeric.of(Arguments.integer(a, 0)), Arguments.text(a, 1));
    table
        .one("to_char(int4,text)", integer)
        .one("to_char(int8,text)", integer)
        .one(
            "to_char(numeric,text)",
            (_, a) -> NumberTemplate.format(Arguments.numeric(a, 0), Arguments.text(a, 1)))
        .one(
            "to_char(float8,text)",
            (_, a) ->
                NumberTemplate.format(Arguments.real(a, 0), DOUBLE_DIGITS, Arguments.text(a, 1)))
        .one(
            "to_char(float4,text)",
            (_, a) ->
                NumberTemplate.format(Arguments.real(a, 0), FLOAT_DIGITS, Arguments.text(a, 1)))
        .one(
            "to_number(text,text)",
            (_, a) -> NumberTemplate.parse(Arguments.text(a, 0), Arguments.text(a, 1)))
        .one(
            "to_char(timestamp,text)",
            (_, a) ->
                DateTemplate.format(
                    Arguments.integer(a, 0), Arguments.integer(a, 0), null, Arguments.text(a, 1)))
        .one(
            "to_char(timestamptz,text)",
            (context, a) ->
                DateTemplate.format(
                    DateTimes.toLocal(Arguments.integer(a, 0), context.format().zone()),
                    Arguments.integer(a, 0),
                    context.format().zone(),
                    Arguments.text(a, 1)))
        .one(
            "to_char(interval,text)",
            (_, a) -> DateTemplate.format(Arguments.interval(a, 0), Arguments.text(a, 1)))
        .one(
            "to_date(text,text)",
            (_, a) ->
                DateTimes.checkDate(
                    DateTimes.timestampToDate(
                        DateTemplate.read(Arguments.text(a, 0), Arguments.text(a, 1)).local())))
        .one(
            "to_timestamp(text,text)",
            (context, a) -> {
              DateTemplate.Parsed parsed =
                  DateTemplate.read(Arguments.text(a, 0), Arguments.text(a, 1));
              Integer offset = parsed.offset();
              return offset == null
                  ? DateTimes.toInstant(parsed.local(), context.format().zone())
                  : DateTimes.checkTimestamp(parsed.local() - offset * DateTimes.MICROS_PER_SECOND);
            });
  }
}
