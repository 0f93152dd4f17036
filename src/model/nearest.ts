import { byText } from './json.ts'

/** Longer words are no typing mistakes, and comparing them would take long. */
const MOST_LETTERS = 100

/** Letters to change, add, drop or exchange with their neighbour to get from one word to the other. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(replaced, rows[i - 1]![j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1)
      row.push(best)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

/** The names that are most like a mistyped one, nearest first; capitals do not count. */
export function nearest(word: string, known: readonly string[], most = 3): string[] {
  const asked = word.slice(0, MOST_LETTERS).toLowerCase()
  return known
    .map((name) => ({ name, far: editDistance(asked, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || byText(a.name, b.name))
    .slice(0, most)
    .map(({ name }) => name)
}

/** The known name that was most likely meant, if one is near enough. */
export function meant(word: string, known: readonly string[]): string | undefined {
  const [name] = nearest(word, known, 1)
  const enough = Math.max(2, Math.floor(word.length / 3))
  // The lengths first: comparing a very long word letter by letter would take long.
  if (name === undefined || Math.abs(name.length - word.length) > enough) return undefined
  return editDistance(word.toLowerCase(), name.toLowerCase()) <= enough ? name : undefined
}

/** The suggestion beside an unknown name: the nearest one, else what there is. */
export function didYouMean(word: string, known: readonly string[], otherwise?: string): string {
  const near = meant(word, known)
  if (near) return `did you mean ${near}?`
  return otherwise ?? (known.length > 0 ? `known are ${known.join(', ')}` : 'there are none here')
}
