import { describe, expect, test } from 'vitest'
import { type Explanation, explain } from '../../src/explain/index.ts'
import {
  brokenAfter,
  brokenIn,
  canonical,
  type Facts,
  type Id,
  type Invariant,
  program as inSetting,
  textOfOutput,
} from '../../src/model/index.ts'
import { chapters, explainText } from '../../src/report/text/explain-text.ts'
import { evidenceAt, factsOf, factsOfHealed, type Step, type System, wordsOf } from '../../src/system/index.ts'
import { type SavedRun, savedNames, savedRun } from '../saved-traces.ts'
import { inTier } from '../tiers.ts'
import { type Taken, taken } from './taken.ts'

/** Some of the traces, of every protocol; the long tier has them all. */
const names = savedNames.filter((_, i) => i % inTier(10, 1) === 0)

const known = new Map<string, Explanation>()

async function explained(name: string): Promise<SavedRun & { found: Explanation }> {
  const saved = await savedRun(name)
  const found = known.get(name) ?? explain(saved.run, saved, saved.subject, saved.claim)
  known.set(name, found)
  return { ...saved, found }
}

const stepsOf = ({ trace }: SavedRun): Step[] => trace.steps.map(({ digest: _, ...step }) => step as Step)

/** Who can have been heard at a step, and before it where votes are kept: read off the steps, not off the run. */
function audible({ program, ...saved }: SavedRun, systems: readonly System[], number: number): Set<Id> {
  const steps = stepsOf({ program, ...saved })
  const { at } = steps[number - 1]!
  const senders = new Set<Id>([at])
  for (const [i, step] of steps.slice(0, number).entries()) {
    if (step.at !== at) continue
    if ('on' in step) senders.add(step.on.from)
    for (const item of 'with' in step ? (step.with ?? []) : []) senders.add(typeof item === 'number' ? item : item.from)
    if ('round' in step) for (const { from } of evidenceAt(program, systems[i]!, at)) senders.add(from)
  }
  return senders
}

const texts = (made: Facts['outputs']) => (one: Facts['outputs'][number]) =>
  made.some((other) => canonical(other as never) === canonical(one as never))

/** Who has sent a vote, and is said to have sent none. */
function hiddenVotes({ locks }: Explanation, { systems }: Taken): string[] {
  const { soup } = systems.at(-1)!
  return locks.flatMap(({ at, said, votes }) => {
    const sent = soup.some(({ from, message }) => from === at && votes.includes(message.type))
    return votes.length === 0 || sent === said.length > 0 ? [] : [`what r${at} has sent`]
  })
}

/** Whether the decisions break the claim, and no fewer of them do. */
function needlessDecisions({ program, claim }: SavedRun, found: Explanation, whole: Taken): string[] {
  const wrong: string[] = []
  const must = (is: boolean, what: string): void => void (is || wrong.push(what))
  if (found.decisions.length > 0) {
    const facts = factsOf(program, whole.systems.at(-1)!, whole.systems.at(-2))
    const chosen = found.decisions.map(({ at, output, isNote }) => ({ at, output: isNote ? { note: output } : output }))
    const isFresh = texts(facts.fresh)
    const fresh = chosen.filter((one) => isFresh(one))
    const judged = (outputs: typeof chosen) => {
      if (claim.kind === 'liveness') {
        const after = factsOfHealed(program, claim, whole.systems.at(-1)!, whole.used)
        // What is decided only after healing is no part of the run.
        const isMade = texts(facts.outputs)
        const later = after.outputs.filter((one) => !isMade(one))
        return brokenAfter(claim, { ...after, outputs: [...outputs, ...later] }, facts)
      }
      const some = fresh.filter((one) => outputs.includes(one))
      return brokenIn(claim as Invariant<any>, { ...facts, outputs, fresh: some })
    }
    must(judged(chosen) !== undefined, 'the decisions break the claim')
    for (const one of chosen) must(judged(chosen.filter((other) => other !== one)) === undefined, 'each is needed')
  }
  return wrong
}

/** Everything in an explanation that the steps do not show. */
function untrue(saved: SavedRun, found: Explanation): string[] {
  const { program, run, claim, trace } = saved
  const { setting } = program
  const whole = taken(program, claim, stepsOf(saved))
  const wrong: string[] = []
  const must = (is: boolean, what: string): void => void (is || wrong.push(what))
  for (const { at, output, isNote, step, quorum } of found.decisions) {
    const made = whole.systems[step]![isNote ? 'notes' : 'outputs'][at]!
    const before = whole.systems[step - 1]![isNote ? 'notes' : 'outputs'][at]!
    must(
      made.slice(before.length).some((one) => textOfOutput(one) === textOfOutput(output)),
      `step ${step} decides`,
    )
    const heard = audible(saved, whole.systems, step)
    for (const id of quorum?.senders ?? []) must(heard.has(id), `step ${step} hears ${id}`)
    for (const id of quorum?.false ?? [])
      must(setting.byzantine.includes(id) || setting.auth === 'none', `${id} is Byzantine`)
    const byzantineReplicas = (quorum?.senders ?? []).filter((id) => setting.byzantine.includes(id))
    const areNamed = byzantineReplicas.every((id) => quorum!.false.includes(id))
    must(areNamed, `step ${step} names its Byzantine replicas`)
  }
  for (const { decisions, common, correct } of found.intersections) {
    const [one, other] = decisions.map((i) => found.decisions[i]!.quorum!.senders)
    const both = one!.filter((id) => other!.includes(id))
    must(JSON.stringify(both) === JSON.stringify(common), 'what is common')
    must(
      correct.every((id) => both.includes(id) && !setting.byzantine.includes(id)),
      'who of it is correct',
    )
  }
  wrong.push(...needlessDecisions(saved, found, whole))
  for (const { envelope, steps } of found.byzantineMessages) {
    const { from, to, message } = run.envelopes[envelope]!
    must(setting.byzantine.includes(from) || setting.auth === 'none', `${from} says a Byzantine message`)
    for (const number of steps) {
      const step = trace.steps[number - 1]!
      must(
        step.at === to &&
          wordsOf(program, step).some(
            (word) => word.from === from && JSON.stringify(word.message) === JSON.stringify(message),
          ),
        `step ${number} uses a Byzantine message`,
      )
    }
  }
  for (const id of found.silent) must(setting.byzantine.includes(id), `${id} is silent`)
  for (const { at } of [...found.locks, ...found.waiting]) must(!setting.byzantine.includes(at), `${at} is correct`)
  wrong.push(...hiddenVotes(found, whole))
  for (const { q, senders } of found.waiting) must(senders.length < q, 'who waits has too few')
  for (const { of, envelopes } of found.convictions) {
    must(setting.byzantine.includes(of), `${of} is convicted`)
    must(
      envelopes.every((id) => run.envelopes[id]!.from === of && run.envelopes[id]!.origin === 'byzantine'),
      'by its own words',
    )
  }
  // A certified trace is a shortest one: nothing in it can be left out.
  if (trace.shortest === 'certified') must(found.needless.length === 0, 'nothing is needless')
  for (const number of found.needless) {
    must(
      taken(
        program,
        claim,
        stepsOf(saved).filter((_, i) => i + 1 !== number),
      ).isBroken,
      `${number} is needless`,
    )
  }
  return wrong
}

describe.each(names)('%s explained', (name) => {
  test('every fact is shown by the steps', async () => {
    const { found, ...saved } = await explained(name)
    expect(untrue(saved, found)).toEqual([])
  })

  test('the same schedule elsewhere does what is said of it', async () => {
    const { found, ...saved } = await explained(name)
    for (const { subject, isBroken, refused } of found.others) {
      const protocol = [saved.subject.protocol, ...saved.subject.variants].find((one) => one.subject === subject)!
      const there = taken(inSetting(protocol, saved.trace.setting), saved.claim, stepsOf(saved))
      expect([subject, there.isBroken, there.refused[0]]).toEqual([subject, isBroken, refused?.step])
    }
  })

  test('sentences end, and say nothing undefined', async () => {
    const { found, run } = await explained(name)
    for (const { sentences } of chapters(run, found)) {
      for (const sentence of sentences) {
        expect(sentence).toMatch(/(?:[.:]|more\))$/)
        expect(sentence).not.toMatch(/undefined|NaN|\[object| of \.|sent [;.]| {2}|, ,/)
      }
    }
    expect(explainText(run, found).length).toBeGreaterThan(5)
  })
})

describe('the law can tell', () => {
  const change: [string, (found: Explanation) => Partial<Explanation>][] = [
    [
      'a quorum with somebody who said nothing',
      ({ decisions: [one, other] }) => ({
        decisions: [{ ...one!, quorum: { ...one!.quorum!, senders: [0, 1, 3] } }, other!],
      }),
    ],
    [
      'a Byzantine replica who is taken for correct',
      ({ intersections: [one] }) => ({ intersections: [{ ...one!, correct: [0] }] }),
    ],
    ['a decision at another step', ({ decisions: [one, other] }) => ({ decisions: [{ ...one!, step: 3 }, other!] })],
    ['half of what breaks the claim', ({ decisions: [one] }) => ({ decisions: [one!], intersections: [] })],
    [
      'a Byzantine message in the wrong step',
      ({ byzantineMessages: [byzantineMessage] }) => ({ byzantineMessages: [{ ...byzantineMessage!, steps: [5] }] }),
    ],
    ['a step that is not needless', () => ({ needless: [5] })],
    ['a correct replica that is convicted', ({ convictions: [one] }) => ({ convictions: [{ ...one!, of: 3 }] })],
  ]

  test.each(change)('%s', async (_, changed) => {
    const { found, ...saved } = await explained('pbft-commit-2f')
    expect(untrue(saved, found)).toEqual([])
    expect(untrue(saved, { ...found, ...changed(found) })).not.toEqual([])
  })
})

test('one explanation in full', async () => {
  const { run, found } = await explained('pbft-commit-2f')
  expect(explainText(run, found)).toMatchInlineSnapshot(`
    [
      "pbft/commit-2f breaks agreement: A COMMIT quorum that the next view need not see",
      "",
      "What happened",
      "  r1 decided a in slot 1, r3 decided b.",
      "  Of n = 4 replicas (f = 1) r0 is Byzantine.",
      "  agreement says: No two correct replicas decide differently in one slot. It is promised here (b ≤ f).",
      "",
      "Why they decided",
      "  r3 outputs {slot 1, digest b} at step 4: COMMIT needs 2 senders of COMMIT(view 0, slot 1, digest b),",
      "    and has r0 (Byzantine) and r3.",
      "  r1 outputs {slot 1, digest a} at step 12: COMMIT needs 2 senders of COMMIT(view 1, slot 1, digest",
      "    a), and has r0 (Byzantine) and r1.",
      "",
      "Quorum intersection",
      "  {r0, r3} of r3 and {r0, r1} of r1 share only r0 (Byzantine), and no correct replica. Quorums of 2",
      "    and 2 among 4 share at least 0 replicas; more than b = 1 would include a correct one.",
      "",
      "What Byzantine replicas sent",
      "  r0 sends PRE_PREPARE(view 0, slot 1, digest b) to r2 and r3 (steps 1 and 2).",
      "  r0 sends COMMIT(view 0, slot 1, digest b) to r3 (step 4).",
      "  r0 sends VIEW_CHANGE(view 1, certificates [], checkpoint -, stable 0) to r1 (step 7).",
      "  r0 sends PREPARE(view 1, slot 1, digest a) to r1 (step 11).",
      "  r0 sends COMMIT(view 1, slot 1, digest a) to r1 (step 12).",
      "",
      "What correct replicas were locked on",
      "  r1 has prepared a in view 1, slot 1.",
      "  r2 has accepted a in view 1, slot 1, and has not prepared it.",
      "  r3 has prepared b in view 0, slot 1.",
      "",
      "What is necessary",
      "  Each of the 12 steps is necessary: what is left without it does not break agreement.",
      "  Each of the 6 Byzantine messages is necessary.",
      "",
      "The same schedule on pbft",
      "  pbft does not take step 4: its rule needs 3 senders, and has r0 and r3. With what is left agreement",
      "    holds.",
      "",
      "Forensics",
      "  r0 is convicted by COMMIT(view 0, slot 1, digest b) and VIEW_CHANGE(view 1, certificates [],",
      "    checkpoint -, stable 0): the second denies what the first binds its sender to.",
    ]
  `)
})

test('a healed run is told, with who waits for what', async () => {
  const { run, found } = await explained('bracha-amplify-one')
  const told = chapters(run, found).find(({ title }) => title === 'The healed run')!
  expect(told.sentences).toMatchInlineSnapshot(`
    [
      "Every message of a correct replica arrives, and Byzantine replicas are silent. 3 steps follow:",
      "r1: SEND(a) from r0.",
      "r3: SEND(a) from r0.",
      "r3: ECHO(a) from r0, r1.",
      "r1 waits in READY/deliver: it needs 3 senders and has r0 and r1.",
      "r3 waits in READY/deliver: it needs 3 senders and has r0 and r1.",
      "So r0 delivered b, but r1, r3 never will.",
    ]
  `)
})
