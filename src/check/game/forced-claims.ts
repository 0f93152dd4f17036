import { type Claim, HarnessError, type Invariant } from '../../model/index.ts'
import type { CheckedClaim } from '../result/result.ts'
import type { SafetySearch } from '../safety/safety.ts'
import type { GameOptions, GameResult, playGame } from './game.ts'

/** Is a claim one that the adversary would have to force? */
export function isForced(claim: Claim<any>): claim is Invariant<any> {
  return claim.kind === 'invariant' && claim.forced !== undefined
}

/** The claims that some schedule breaks by itself. */
export const notForced = (claims: readonly Claim<any>[]): Claim<any>[] => claims.filter((claim) => !isForced(claim))

/**
 * Why there is no verdict where states are searched one by one, or in a network that allows more than the one asked
 * for.
 */
export function notPlayed({ name }: Claim<any>): CheckedClaim {
  const why =
    'what can be forced however coins fall is searched in lazy steps, where messages may be repeated, and only there'
  return { claim: name, verdict: 'inconclusive', why }
}

/**
 * What becomes of the claims that the adversary would have to force.
 *
 * @param play `unsound` where the states are those of a network that allows more than the one asked for
 * @param open why no claim can be reported to hold, if so
 */
export function forcedClaims(
  claims: readonly Claim<any>[],
  options: GameOptions,
  play: typeof playGame | 'unsound' | undefined,
  safety: SafetySearch,
  open: string | undefined,
): CheckedClaim[] {
  return claims.filter(isForced).map((claim) => {
    if (play === 'unsound') return notPlayed(claim)
    if (!play) throw new HarnessError('a strategy is looked for without the engine for it')
    const found = play(options, claim)
    safety.count(found)
    const { run, finished, states } = found
    if (run) return { claim: claim.name, verdict: 'violated', ...run, shortest: whatItIs(found) }
    if (finished && open === undefined) return safety.guarded(claim.name)
    return { claim: claim.name, verdict: 'inconclusive', why: open ?? `stopped after ${states} states` }
  })
}

function whatItIs({ recurring }: GameResult): string {
  const strategy = 'no short run was looked for: this is one run of a strategy that works however the coins fall'
  if (recurring === undefined) return `${strategy}, for as long as the bounds go`
  return `${strategy}, for ever: from any of ${recurring} beginnings it leads to one of them again`
}
