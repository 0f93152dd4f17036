import { range, UsageError } from '../model/index.ts'

/** What an axis may be written in terms of. */
export type AxisTerms = Readonly<Record<string, number>>

/** `7`, `n`, `f+1`, `n/3`, `n/3+1`, `n-f`: a name or a number, divided and rounded down, then another more or less. */
const TERM = /^([a-z]+|\d+)(?:\/(\d+))?(?:([+-])([a-z]+|\d+))?$/

function placeAt(text: string, known: AxisTerms): number {
  const [, base, divisor = '1', sign = '+', more = '0'] = text.match(TERM) ?? []
  const numberOf = (word: string): number | undefined => (/^\d/.test(word) ? Number(word) : known[word])
  const [from, further] = [base === undefined ? undefined : numberOf(base), numberOf(more)]
  if (from === undefined || further === undefined || Number(divisor) === 0) {
    const names = Object.keys(known)
    const also = names.length > 0 ? `, or of ${names.join(' and ')}: ${names[0]}/3+1` : ''
    throw new UsageError(`"${text}" is not a place on an axis`, `write numbers, 4..7 or 4,6${also}`)
  }
  return Math.floor(from / Number(divisor)) + (sign === '-' ? -further : further)
}

/**
 * The places on an axis: `4..7`, `4,6,9`, `0..f+1`, in the order they are written, each once. What `known` says may
 * stand for a number.
 * @throws UsageError for what cannot be read
 */
export function places(text: string, known: AxisTerms = {}): number[] {
  const found = text.split(',').flatMap((part) => {
    const [from, to, ...rest] = part.split('..')
    if (rest.length > 0) throw new UsageError(`"${part}" is not a range`, 'write 4..7')
    const first = placeAt(from!, known)
    if (to === undefined) return [first]
    const last = placeAt(to, known)
    if (last - first > MOST_PLACES) throw new UsageError(`"${part}" has too many places`, 'write a shorter range')
    return range(Math.max(0, last - first + 1)).map((more) => first + more)
  })
  return [...new Set(found)]
}

const MOST_PLACES = 1_000
