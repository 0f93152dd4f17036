/** What `check` and `fuzz` show for a violation: does it happen again, and is it one? */

import type { Case } from './case.ts'
import { type Difference, programOf } from './compare.ts'
import * as turncoat from './engines.ts'
import type { Interpreted } from './interpreter.ts'

const wrong = (text: string): Difference => ({ kind: text.replaceAll(/\d+/g, '#').slice(0, 40), text })

/** Saves a violation, reads it back and replays it. */
async function replays(
  one: Case,
  text: string,
  claim: string,
  witness: string,
  steps: readonly turncoat.Step[],
): Promise<Difference[]> {
  const { program, claims } = programOf(text, one)
  const { protocol, setting } = program
  const trace: turncoat.Trace = {
    ...{ turncoat: turncoat.FORMAT, title: 'found by a law', protocol: protocol.definition.name, setting, claim },
    ...{
      origin: { command: 'turncoat check', stepsBeforeShrinking: steps.length },
      shortest: 'bound reached',
      eager: 'not-found',
    },
    steps: turncoat.record(program, steps),
    witness: witness,
  }
  const read = await turncoat.decode(turncoat.encode(trace))
  const subject = { protocol, variants: [], properties: { claims, expected: [] } }
  const replayed = turncoat.replay(read, () => subject)
  return replayed.reproduced ? [] : [wrong(`replay of ${claim} parts: ${replayed.divergence.why}`)]
}

/** Each counterexample of `check` happens again from its saved trace. */
export async function replayDifferences(one: Case, text: string): Promise<Difference[]> {
  const { program, claims } = programOf(text, one)
  const found: Difference[] = []
  for (const { claim, steps, witness } of turncoat.check({ program, claims, maxStates: 20_000 }).claims) {
    if (steps) found.push(...(await replays(one, text, claim, witness!, steps)))
  }
  return found
}

/** What `fuzz` finds is a violation, not shorter than the shortest, and happens again. */
export async function fuzzDifferences(one: Case, known: Interpreted, text: string): Promise<Difference[]> {
  const { program, claims } = programOf(text, one)
  const invariants = claims.filter(({ kind }) => kind === 'invariant')
  const campaign = {
    subject: program.protocol.subject,
    settings: [program.setting],
    claims: invariants.map(({ name }) => name),
    ...{ runs: 40, firstRun: 0, seed: one.seed, maxSteps: 30 },
    strategies: turncoat.strategies.map(({ name }) => name),
    schedulers: turncoat.choosers.map(({ name }) => name),
  }
  const result = await turncoat.runHere(campaign, program.protocol, claims)
  const differences: Difference[] = []
  for (const { claim, found } of result.claims) {
    if (!found) continue
    const right = known.verdicts.find((other) => other.claim === claim)
    if (right?.verdict !== 'violated') {
      differences.push(wrong(`fuzz: ${claim} is ${right?.verdict}, a run breaks it in ${found.steps.length}`))
    } else if (found.steps.length < right.steps!) {
      differences.push(wrong(`fuzz: ${claim} needs ${right.steps} steps, a run breaks it in ${found.steps.length}`))
    }
    differences.push(...(await replays(one, text, claim, found.witness, found.steps)))
  }
  return differences
}
