import { byText } from '../model/index.ts'

/** Longer names are no typing mistakes, and comparing them would take long. */
const MOST_LETTERS = 100

/** The names that are most like a mistyped one, nearest first. */
export function nearest(name: string, known: readonly string[], most = 3): string[] {
  const asked = name.slice(0, MOST_LETTERS)
  return known
    .map((other) => ({ other, far: distance(asked, other) }))
    .sort((a, b) => a.far - b.far || byText(a.other, b.other))
    .slice(0, most)
    .map(({ other }) => other)
}

/** Letters to add, drop or exchange to get from one word to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
