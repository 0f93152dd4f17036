/**
 * Networks that hand over each message once, searched in one that may hand it over again.
 *
 * Every run of the first is a run of the second, where the same message can always be taken once and never again; so
 * what holds in the second holds in the first, and no violation in the first is shorter than the shortest in the second.
 * A violation found there counts only if it replays in the first. Conditions: nobody keeps an inbox, each type of
 * message has one rule (else an arrival would run several at once), and order does not matter.
 */
import { type Claim, program as inSetting, type Program, partAt, runningIds } from '../model/index.ts'
import { apply, brokenBy, deliversOnce, Impossible, type Step, type System, start } from '../system/index.ts'
import type { CheckedClaim } from './result.ts'

/** The program in the wider network, if all conditions hold. */
export function relaxed(program: Program): Program | undefined {
  const { setting, protocol } = program
  if (!deliversOnce(program) || setting.network.fifo || protocol.definition.inbox !== false) return undefined
  const alone = runningIds(setting).every((at) => [...partAt(program, at).byType.values()].every((r) => r.length === 1))
  if (!alone) return undefined
  const network = { ...setting.network, duplicate: true, lose: false }
  const wider = inSetting(protocol, { ...setting, network, steps: 'lazy' })
  return program.audit ? { ...wider, audit: program.audit } : wider
}

/** What a result in the wider network says of the narrower one. */
export function narrowed(program: Program, claim: Claim<any>, checked: CheckedClaim): CheckedClaim {
  if (checked.verdict !== 'violated') return checked
  const steps = checked.steps!.map((step): Step => {
    if (!('rule' in step)) return step
    const { at, on } = step
    return { at, on }
  })
  const witness = replayed(program, claim, steps)
  if (witness !== undefined) return { ...checked, steps, witness }
  const why = `the shortest violation takes a message more often than it was said, in ${steps.length} steps; --network duplicate shows it`
  const bound = checked.shortest === 'certified' ? { atLeast: steps.length } : {}
  return { claim: claim.name, verdict: 'inconclusive', why, ...bound }
}

function replayed(program: Program, claim: Claim<any>, steps: readonly Step[]): string | undefined {
  let system: System = start(program)
  let before: System | undefined
  try {
    for (const step of steps) {
      before = system
      system = apply(program, system, step)
    }
  } catch (error) {
    if (error instanceof Impossible) return undefined
    throw error
  }
  return brokenBy(program, [claim], system, before)[0]?.witness
}
