/** What stands in a cell: nothing where a value is missing. */
export type CsvValue = string | number | boolean | null | undefined

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * A table as RFC 4180 has it: a line of names, lines that end in CRLF, quotes where a cell needs them. Numbers are
 * written as JavaScript does, the shortest text that reads back as the same number.
 */
export function csv(columns: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** A table whose columns are fields of its rows. */
export function csvOf<Row extends object>(fields: readonly (keyof Row & string)[], rows: readonly Row[]): string {
  return csv(
    fields,
    rows.map((row) => fields.map((field) => row[field] as CsvValue)),
  )
}
