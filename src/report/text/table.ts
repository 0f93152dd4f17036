/** Rows of cells as aligned columns, two spaces apart, with nothing after the last cell. */
export function table(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  }
  return rows.map(
    (row) =>
      indent +
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
  )
}

/** Words in lines, each as long as it may be. A word that does not fit has a line of its own. */
export function filled(words: readonly string[], fits: (line: string) => boolean): string[] {
  const lines: string[] = []
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && fits(longer)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** A paragraph broken into lines of at most 100 characters where it has spaces. */
export function wrapped(text: string): string[] {
  return filled(text.split(/\s+/).filter(Boolean), (line) => line.length <= 100)
}
