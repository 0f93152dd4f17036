import { type Claim, countedBy, FEWEST_COUNTED, MOST_COUNTED, noException } from './claim.ts'
import { UsageError } from './errors.ts'
import { nearest } from './nearest.ts'
import type { Protocol } from './protocol.ts'
import type { Setting } from './setting.ts'

const KINDS = ['invariant', 'sometimes', 'liveness'] as const
const READS = ['notes', 'soup', 'held', 'before'] as const
/** Names that mean something of their own where claims are named. */
const RESERVED = [noException.name, 'all']
/** As claims are named on a command line, in lists with commas, and in names of files. */
const NAME = /^[A-Za-z0-9][\w.-]*$/

/**
 * Takes claims over from whoever wrote them: everything that runs a protocol calls it before it judges anything.
 *
 * @param whose where they come from, for messages
 * @throws UsageError that names the claim and what is wrong with it
 */
export function assertClaims(claims: unknown, whose: string, protocols: readonly Protocol[] = []): void {
  if (!Array.isArray(claims)) {
    throw new UsageError(`${whose}: the claims are not a list`, 'make each with `invariant`, `liveness` or `sometimes`')
  }
  const names = new Set<string>()
  const types = typesOf(protocols)
  for (const [i, claim] of claims.entries()) {
    if (claim === noException) continue
    assertClaim(claim, i, whose, types)
    const { name } = claim as Claim
    if (names.has(name)) {
      throw new UsageError(
        `${whose}: two claims are called ${name}`,
        `give one of them another name; ready-made claims take one: agreement(decides, { name: '${name}-2' })`,
      )
    }
    names.add(name)
  }
}

/**
 * Does the setting keep as many equal outputs as the claims count?
 * @throws UsageError where it does not
 */
export function assertCounted(claims: readonly Claim<any>[], { counts = FEWEST_COUNTED }: Setting): void {
  const wanted = countedBy(claims)
  if (wanted <= counts) return
  const claim = claims.find((one) => one.counts === wanted)!
  throw new UsageError(
    `the claim ${claim.name} counts ${wanted} equal outputs of a participant, and the setting counts ${counts}`,
    `make the setting with counts: ${wanted}`,
  )
}

/** The types of messages that a protocol knows; nothing where it lists them only for a setting. */
function typesOf(protocols: readonly Protocol[]): ReadonlySet<string> | undefined {
  if (protocols.length === 0 || protocols.some(({ definition }) => definition.round)) return undefined
  return new Set(
    protocols.flatMap(({ definition: { upon, client } }) => [...Object.keys(upon), ...Object.keys(client?.upon ?? {})]),
  )
}

function assertClaim(claim: unknown, index: number, whose: string, types: ReadonlySet<string> | undefined): void {
  const found = (typeof claim === 'object' ? claim : undefined) as
    | { readonly [key: string]: unknown }
    | null
    | undefined
  const kind = found?.['kind'] as (typeof KINDS)[number]
  if (!found || !KINDS.includes(kind)) {
    throw new UsageError(
      `${whose}: entry ${index + 1} of the claims is not a claim`,
      'make each with `invariant`, `liveness` or `sometimes`',
    )
  }
  const { name, about } = found
  const refuse = (what: string, remedy: string): never => {
    throw new UsageError(`${whose}: the claim ${typeof name === 'string' && name ? name : index + 1} ${what}`, remedy)
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    refuse('has no name that a command line could take', 'name it with letters, digits and hyphens')
  }
  if (RESERVED.includes(name as string)) refuse('has a name that is taken', 'choose another name')
  if (typeof about !== 'string' || about.trim() === '')
    refuse('has no sentence `about`', 'give it an `about`, one sentence')
  if (typeof found[kind === 'sometimes' ? 'reached' : 'broken'] !== 'function') {
    refuse('judges nothing', `make it with \`${kind}\`, whose second argument is a function`)
  }
  assertReads(found, refuse, types)
  assertRest(found, kind, refuse)
}

type Refuse = (what: string, remedy: string) => never

function assertReads(
  { reads, words, notes }: { readonly [key: string]: unknown },
  refuse: Refuse,
  types: ReadonlySet<string> | undefined,
): void {
  if (!Array.isArray(reads))
    refuse('has no list of what it reads', "declare reads: ['soup'], ['notes'], or leave it out")
  for (const one of reads as unknown[]) {
    if ((READS as readonly unknown[]).includes(one)) continue
    if (one === 'order') {
      refuse(
        'reads order, which is not kept',
        'judge the outputs of each participant by themselves: those are in order',
      )
    }
    refuse(`reads ${String(one)}`, 'what can be read is soup, notes, held and before')
  }
  const lists = { soup: ['words', words, 'types of messages'], notes: ['notes', notes, 'keys of notes'] } as const
  for (const [read, [field, list, what]] of Object.entries(lists)) {
    if (list === undefined) continue
    if (!(reads as unknown[]).includes(read))
      refuse(`names ${field} without reading ${read}`, `declare reads: ['${read}']`)
    const isSound = Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && one !== '')
    if (!isSound)
      refuse(`names ${field} that are not a list of ${what}`, 'name some, or leave it out: it then sees all')
  }
  const unknown = (words as string[] | undefined)?.find((type) => types && !types.has(type))
  if (unknown !== undefined) {
    refuse(
      `looks at messages of type ${unknown}, which nobody handles`,
      `did you mean ${nearest(unknown, [...types!], 1)}?`,
    )
  }
}

function assertRest(
  { promised, counts, slot, forced, healing, decidedBy, reads }: { readonly [key: string]: unknown },
  kind: (typeof KINDS)[number],
  refuse: Refuse,
): void {
  if (typeof promised !== 'string')
    refuse('does not declare under which bound it is promised', "declare promised: 'b ≤ f'")
  const isCount = Number.isInteger(counts) && (counts as number) >= FEWEST_COUNTED && (counts as number) <= MOST_COUNTED
  if (counts !== undefined && !isCount) {
    refuse(`counts ${String(counts)} equal outputs`, `give a whole number from ${FEWEST_COUNTED} to ${MOST_COUNTED}`)
  }
  if (slot !== undefined && (kind !== 'invariant' || typeof slot !== 'function')) {
    refuse('has a `slot` that is of no use', 'let an invariant have a function from an output to its slot')
  }
  if (forced !== undefined && (kind !== 'invariant' || !isForcing(forced))) {
    refuse(
      'has a `forced` that is not an object',
      'let an invariant declare forced: {}, with functions `isOver` and `recurs` at most',
    )
  }
  if (decidedBy !== undefined && decidedBy !== 1 && decidedBy !== 2) {
    refuse(
      `is decided by ${String(decidedBy)} outputs`,
      'declare decidedBy: 1 or 2, or leave it out where it takes more',
    )
  }
  const isSaid = (reads as unknown[]).includes('soup')
  if (decidedBy !== undefined && (kind === 'liveness' || (isSaid && (kind === 'sometimes' || decidedBy === 2)))) {
    refuse(
      `cannot be decided by ${String(decidedBy)}`,
      isSaid
        ? 'an invariant that reads soup declares decidedBy: 1, a fresh output, or none'
        : 'leave out its `decidedBy`',
    )
  }
  if (kind === 'liveness' && healing !== 'full' && healing !== 'deliveries') {
    refuse(`is about a healing called ${String(healing)}`, "declare healing: 'full' or 'deliveries'")
  }
  if ((reads as unknown[]).includes('before') && kind !== 'liveness') {
    refuse('reads what was before a healed run', 'make it with `liveness`: other claims are about one state')
  }
  if ((reads as unknown[]).includes('held') && healing !== 'deliveries') {
    refuse(
      'reads what is held, which is known once all messages of the correct have arrived',
      "make it with `liveness`, and declare healing: 'deliveries'",
    )
  }
}

function isForcing(forced: unknown): boolean {
  if (typeof forced !== 'object' || forced === null) return false
  return Object.entries(forced).every(
    ([key, value]) => ['isOver', 'recurs'].includes(key) && typeof value === 'function',
  )
}
