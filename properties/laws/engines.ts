/** Laws that hold the fast engine against the reference semantics. */
import { replayOnReference } from '../../src/fuzz/run/replay-on-reference.ts'
import { systemOf } from '../../src/kernel/index.ts'
import { type Claim, canonical, HarnessError, type Program, type Protocol } from '../../src/model/index.ts'
import { apply, brokenBy, type Step, type System, start } from '../../src/system/index.ts'
import { type Draw, played } from './scene.ts'

/** Law: a run of the fast engine, replayed on `apply`, ends in the same global state. */
export function fastEngineAgrees(protocol: Protocol, draw: Draw): void {
  const { settingContext, entries } = played(protocol, draw)
  const { system } = replayOnReference(settingContext, entries, settingContext.world.coalition.offered())
  const crashed = entries.flatMap(({ kind, at }) => (kind === 'crash' ? [at] : []))
  assertSame(systemOf(settingContext.world, crashed), system)
}

/** Names the parts of the state that differ, because two digests help nobody. */
function assertSame(fast: System, reference: System): void {
  for (const part of Object.keys(reference) as (keyof System)[]) {
    const [a, b] = [canonical(fast[part]), canonical(reference[part])]
    if (a !== b) throw new HarnessError(`the engines differ in ${part}:\n  fast      ${a}\n  reference ${b}`)
  }
}

/** Law: the fast engine sees an invariant broken exactly where the reference does, and nowhere else. */
export function fastEngineJudgesAlike(protocol: Protocol, claims: readonly Claim<any>[], draw: Draw): void {
  const invariants = claims.filter(({ kind }) => kind === 'invariant')
  const { settingContext, entries, broken } = played(protocol, draw, invariants)
  const { steps } = replayOnReference(settingContext, entries, settingContext.world.coalition.offered())
  const expected = firstBreaks(settingContext.program, invariants, steps)
  const seen = broken.map(({ claim, length }) => `${claim} at step ${length}`).sort()
  if (canonical(seen) === canonical(expected)) return
  throw new HarnessError(`the fast engine saw ${canonical(seen)}, the reference ${canonical(expected)}`)
}

/** Where each claim is broken first. */
function firstBreaks(program: Program, claims: readonly Claim<any>[], steps: readonly Step[]): string[] {
  const first = new Map<string, number>()
  let system = start(program)
  for (const [index, step] of steps.entries()) {
    const after = apply(program, system, step)
    for (const { claim } of brokenBy(program, claims, after, system)) {
      if (!first.has(claim)) first.set(claim, index + 1)
    }
    system = after
  }
  return [...first].map(([claim, length]) => `${claim} at step ${length}`).sort()
}
