import { editDistance, nearest } from '../model/nearest.ts'

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
