import type { Known } from '../../properties/laws/checker.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { inTier } from '../tiers.ts'
import { checkedProgram, isRestless, wordsOfCoalition } from './checked-protocols.ts'
import type { Described } from './described.ts'
import { livenessClaims, safetyClaims } from './described-protocol.ts'

const { LAW_SEED, TURNCOAT_LAWS } = process.env

/** The seed that `holds` uses: what one law has searched, the next one knows. */
export const SEED = Number(LAW_SEED ?? 20_261)
/** Protocols for each law. */
export const COUNT = Number(TURNCOAT_LAWS ?? inTier(20, 150))
export const WHOLE_FILE = 120_000 + COUNT * 2_000

/** Nodes of a plain search: enough for nearly all, and few where a test must be quick. */
const MOST_NODES = TURNCOAT_LAWS ? 3_000 : 300

const known = new Map<string, Known | null>()

/** What the plain search says of a protocol; nothing where it does not finish, or where there is nothing to heal. */
export function knownOf(one: Described, about: 'safety' | 'liveness'): Known | undefined {
  const key = `${about} ${JSON.stringify(one)}`
  let found = known.get(key)
  if (found === undefined) {
    found = searched(one, about) ?? null
    known.set(key, found)
  }
  return found ?? undefined
}

function searched(one: Described, about: 'safety' | 'liveness'): Known | undefined {
  if (about === 'liveness' && isRestless(one)) return undefined
  const program = checkedProgram(one)
  const words = wordsOfCoalition(program)
  if (!words.closed) return undefined
  const claims = about === 'safety' ? safetyClaims : livenessClaims
  const reference = referenceSearch(program, claims, words.messages, MOST_NODES)
  return reference.finished ? { program, claims, reference } : undefined
}
