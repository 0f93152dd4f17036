import { type Claim, isJudgedUnasked, type Subject, UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { noException } from '../../system/index.ts'

/** The short ids that tables of protocols and mutants use, and the names on the command line. */
const ALIASES: Readonly<Record<string, string>> = {
  AG: 'agreement',
  INT: 'integrity',
  VAL: 'validity',
  TOT: 'totality',
  LIN: 'linearizability',
  'LIVE-K': 'liveness',
  LASSO: 'lasso',
  ACC: 'accountability',
  HLVD: 'honest-leader-decides',
  STUCK: 'never-stuck',
  UNIQ: 'unique-prepared',
  CARRY: 'certificate-carried',
  PREFIX: 'prefix',
  'CLIENT-AG': 'client-agreement',
  VCERT: 'view-certificate',
  MONO: 'monotone-view',
  ONCE: 'exactly-once',
  'C=>P': 'committed-implies-prepared',
  C1: 'commit-once',
  UNFORG: 'unforgeability',
  IC1: 'ic1',
  IC2: 'ic2',
  ELECTION: 'one-leader',
  ATOM: 'atomicity',
  'ONE-STEP': 'one-step',
}

/** The claims of a subject that can be violated, the one that every protocol has included. */
export function claimsOf(subject: Subject): readonly Claim<any>[] {
  const own = subject.properties.claims.filter(({ kind }) => kind !== 'sometimes')
  return own.some(({ name }) => name === noException.name) ? own : [...own, noException]
}

export interface ChosenClaims {
  readonly claims: readonly Claim<any>[]
  /** Claims of the subject that were left out. */
  readonly notJudged: readonly string[]
}

/**
 * The claims to judge: those named, or the default ones. An exception inside a rule is a finding under any claim.
 *
 * @param by what judges them: of what the adversary would have to force, runs show nothing
 * @throws UsageError for a name that the subject does not claim, or that is asked of runs in vain
 */
export function chooseClaims(
  subject: Subject,
  asked: readonly string[] | undefined,
  by: 'search' | 'runs' = 'runs',
): ChosenClaims {
  const every = claimsOf(subject)
  const named = asked?.flatMap((list) => list.split(',')).filter(Boolean)
  const vain = by === 'runs' ? every.filter((claim) => claim.kind === 'invariant' && claim.forced !== undefined) : []
  const all = every.filter((claim) => !vain.includes(claim))
  const inVain = vain.find((claim) =>
    named?.some((name) => name !== 'all' && byName(subject, every, name).includes(claim)),
  )
  if (inVain) {
    throw new UsageError(`${inVain.name} is broken by a strategy, and no single run shows one`, 'ask turncoat check')
  }
  const chosen = new Set(named ? named.flatMap((name) => byName(subject, all, name)) : all.filter(isJudgedUnasked))
  for (const claim of all) if (claim.name === noException.name) chosen.add(claim)
  return {
    claims: all.filter((claim) => chosen.has(claim)),
    notJudged: every.filter((claim) => !chosen.has(claim)).map(({ name }) => name),
  }
}

function byName(subject: Subject, all: readonly Claim<any>[], asked: string): readonly Claim<any>[] {
  if (asked === 'all') return all
  // A subject's own name comes before what tables call claims.
  const own = all.filter((claim) => claim.name === asked)
  if (own.length > 0) return own
  const upper = asked.toUpperCase()
  const name = Object.hasOwn(ALIASES, upper) ? ALIASES[upper]! : asked
  const found = all.filter((claim) => claim.name === name)
  if (found.length > 0) return found
  // A subject may call its liveness claims by names of their own.
  const lively = all.filter((claim) => claim.kind === 'liveness' && claim.healing === 'full')
  if (name === 'liveness' && lively.length > 0) return lively
  const who = subject.protocol.subject
  const guard = subject.properties.claims.find((claim) => claim.kind === 'sometimes' && claim.name === name)
  if (guard) {
    throw new UsageError(
      `${name} is a guard, which cannot be violated`,
      'name another claim; every search looks at the guards',
    )
  }
  const known = [...all.map((claim) => claim.name), 'all']
  const near = didYouMean(name, known, `its claims are ${known.slice(0, -1).join(', ')}`)
  throw new UsageError(`${who} has no claim called ${asked}`, near)
}
