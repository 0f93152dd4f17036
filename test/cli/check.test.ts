import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CheckedClaim, CheckRequest, CheckVerdict } from '../../src/check/result/result.ts'
import { progressText } from '../../src/cli/commands/check-all.ts'
import { HarnessError, type Setting } from '../../src/model/index.ts'
import type { Step } from '../../src/system/index.ts'
import { byLiar, longerStory, searching, twoStories, violated } from './check-stub.ts'
import { emptyFolder, turncoat } from './world.ts'

const MUTANT = ['check', 'bracha/deliver-one', '--claim', 'agreement']

test('a claim that holds says within which bounds, and nothing is written', async () => {
  const ran = await turncoat(emptyFolder(), ['check', 'bracha', '--byzantine', '3', '--claim', 'all'], searching())
  expect(ran).toMatchObject({ code: 0, stderr: '', files: [] })
  const bounds = '2 values; r3 may send any of 6 messages to anyone at any time; all schedules'
  expect(ran.stdout).toContain(`holds agreement (bounds: ${bounds})\n`)
  expect(ran.stdout).toContain('holds totality (healed run from every reachable state; same bounds)\n')
  expect(ran.stdout).toContain('100 states, 250 transitions')
  expect(ran.stdout).toContain('again: turncoat check bracha --byzantine 3 --claim all\n')
})

test('a violation is saved as a trace that replays, with nothing drawn', async () => {
  const folder = emptyFolder()
  const ran = await turncoat(folder, [...MUTANT, '--byzantine', '3'], byLiar(['holds', 'holds', 'holds', violated(3)]))
  expect(ran).toMatchObject({ code: 1, stderr: '' })
  const trace = 'out/traces/bracha-deliver-one-agreement-n4-byzantine-r3.json'
  expect(ran.files).toEqual(['out', 'out/traces', trace])
  expect(ran.stdout).toContain('violated agreement: r0 decided a, r1 decided b\n  2 steps (2 deliveries)')
  expect(ran.stdout).toContain('shortest: certified\n')
  expect(ran.stdout).toContain('Also happens with eager rules: every rule fires as soon as it can.')
  expect(ran.stdout).toContain(`turncoat replay ${trace}`)
  const saved = JSON.parse(readFileSync(join(folder, trace), 'utf8'))
  expect(saved.origin).toEqual({ command: `turncoat ${MUTANT.join(' ')} --byzantine 3`, stepsBeforeShrinking: 2 })
  expect(saved).toMatchObject({ shortest: 'certified', eager: 'reproduced', title: expect.stringContaining('breaks') })
  expect((await turncoat(folder, ['replay', trace])).code).toBe(0)
  expect((await turncoat(folder, ['show', trace])).stdout).toContain('2 steps, 2 deliveries; shortest: certified.')
  expect((await turncoat(folder, ['shrink', trace])).code).toBe(0)
})

test('steps are told in the order of the other traces', async () => {
  const folder = emptyFolder()
  const [believes, believesOther] = twoStories(3).map((step): Step => ({ ...step, at: step.at + 1 }))
  const needless: Step = { at: 0, input: 'a' }
  const told = async (steps: readonly Step[], out: string) => {
    const engines = byLiar(['holds', 'holds', 'holds', violated(3, steps)])
    const flags = ['--byzantine', '3', '--out', out]
    expect((await turncoat(folder, [...MUTANT, ...flags], engines)).code).toBe(1)
    return JSON.parse(readFileSync(join(folder, out), 'utf8')).steps.map(({ at }: { at: number }) => at)
  }
  // First what leads to an output, then the rest, and last the step that breaks the claim.
  expect(await told([needless, believes!, believesOther!], 'x.json')).toEqual([1, 0, 2])
  expect(await told([believes!, needless, believesOther!], 'y.json')).toEqual([1, 0, 2])
})

test.each<[CheckVerdict[], CheckVerdict, number]>([
  [['holds', 'holds', 'holds', 'holds'], 'holds', 0],
  [['holds', 'vacuous', 'holds', 'holds'], 'vacuous', 4],
  [['vacuous', 'inconclusive', 'vacuous', 'holds'], 'inconclusive', 4],
  [['vacuous', 'inconclusive', 'holds', 'violated'], 'violated', 1],
])('of %j the worst wins: %s, exit %i', async (verdicts, worst, code) => {
  const said = verdicts.map((verdict, byzantineReplica) =>
    verdict === 'violated' ? violated(byzantineReplica) : verdict,
  )
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--b', '1', '--json'], byLiar(said))
  expect(ran.code).toBe(code)
  const object = JSON.parse(ran.stdout)
  expect(object).toMatchObject({ setting: null, states: 400, transitions: 1_000, searched: 4 })
  expect(object.settings).toHaveLength(4)
  expect(object.reductions[0]).toEqual({ pass: 'quotient', on: true, before: 160, after: 40, unit: 'local states' })
  expect(object.claims[0]).toMatchObject({ claim: 'agreement', verdict: worst })
  const count = verdicts.filter((verdict) => verdict === worst).length
  const partly = `for ${count} of 4 choices of Byzantine replicas, it is ${worst}`
  expect(object.claims[0].why).toBe(['vacuous', 'inconclusive'].includes(worst) ? partly : undefined)
})

test('an inconclusive claim says why, and how far the search got', async () => {
  const own = searching(() => ({
    ...{ states: 5_000_000, claims: [{ claim: 'agreement', verdict: 'inconclusive', why: 'too many states' }] },
  }))
  const ran = await turncoat(emptyFolder(), ['check', 'bracha', '--byzantine', '0'], own)
  expect(ran.code).toBe(4)
  expect(ran.stdout).toContain(
    'inconclusive agreement: too many states; no violation in 5,000,000 states; this is no proof',
  )
  const none = searching(() => ({
    ...{ states: 0, claims: [{ claim: 'agreement', verdict: 'vacuous', why: 'nobody ever decides' }] },
  }))
  const empty = await turncoat(emptyFolder(), ['check', 'bracha', '--byzantine', '0'], none)
  expect(empty.code).toBe(4)
  expect(empty.stdout).toContain('vacuous agreement: nobody ever decides, so nothing was proved')
})

test('of several violations the shortest is kept, and its length is certified no further than it was', async () => {
  const folder = emptyFolder()
  const engines = byLiar([
    violated(0, longerStory(0).slice(1), 'level 2'),
    'holds',
    violated(2, longerStory(2)),
    violated(3),
  ])
  const ran = await turncoat(folder, [...MUTANT, '--b', '1', '--json'], engines)
  const [claim] = JSON.parse(ran.stdout).claims
  expect(claim).toMatchObject({ steps: 2, setting: { byzantine: [3] }, trace: ran.files[2] })
  const open = 'for 1 of 4 choices of Byzantine replicas, the search was not finished'
  expect(claim.shortest).toBe(`certified for its own choice of Byzantine replicas; ${open}`)
  expect(ran.stderr).toContain('happens with n = 4, f = 1, b = 1 (Byzantine: r3)')
  expect(JSON.parse(readFileSync(join(folder, ran.files[2]!), 'utf8')).shortest).toBe('certified')
  const open0 = byLiar([violated(0, twoStories(0), '3 of 7 levels'), 'holds', 'holds', 'holds'])
  const other = await turncoat(folder, [...MUTANT, '--byzantine', '0', '--out', 'open.json'], open0)
  expect(other.stdout).toContain('shortest: 3 of 7 levels\n')
  expect(readFileSync(join(folder, 'open.json'), 'utf8')).toContain('"shortest": "bound reached; 3 of 7 levels"')
  expect((await turncoat(folder, ['replay', 'open.json'])).code).toBe(0)
})

test('choices that are the same up to renaming are searched once', async () => {
  const own = byLiar(['inconclusive', 'vacuous', 'holds', 'holds'])
  const distinctSettings = async (_: unknown, settings: readonly any[]) => [
    { setting: settings[0], stands: 1 },
    { setting: settings[1], stands: 3 },
  ]
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--b', '1'], { ...own, distinctSettings })
  expect(own.requests.map(({ program }) => program.setting.byzantine)).toEqual([[0], [1]])
  expect(ran.stdout).toContain(
    '4 choices of Byzantine replicas; 2 searched, the others are the same after renaming replicas\n',
  )
  expect(ran.stdout).toContain('inconclusive agreement: for 1 of 4 choices of Byzantine replicas, it is inconclusive')
  const wrong = {
    ...own,
    distinctSettings: async (...[, settings]: [unknown, readonly any[]]) => [{ setting: settings[0], stands: 1 }],
  }
  const lost = await turncoat(emptyFolder(), [...MUTANT, '--b', '1'], wrong)
  expect(lost).toMatchObject({ code: 3, stderr: expect.stringContaining('of 4 settings, 1 are stood for') })
})

test('where a claim turns out to mind names, the others are searched after all', async () => {
  const asks = ({ program: { setting }, claims }: CheckRequest) => {
    const outputs = [{ at: 2, output: { delivered: 'b' } }]
    const correct = [0, 1, 2, 3].filter((id) => !setting.byzantine.includes(id))
    for (const claim of claims) {
      if (claim.kind === 'invariant') claim.broken({ setting, correct, outputs, fresh: outputs, soup: [], held: [] })
    }
    return {}
  }
  const distinctSettings = async (_: unknown, [zero, one, ...rest]: readonly Setting[]) => [
    { setting: one!, stands: 4, others: [zero!, ...rest] },
  ]
  const searched = async (claim: string) => {
    const own = searching(asks)
    await turncoat(emptyFolder(), ['check', 'bracha', '--b', '1', '--claim', claim], { ...own, distinctSettings })
    return own.requests.map(({ program }) => program.setting.byzantine)
  }
  expect(await searched('agreement')).toEqual([[1]])
  // Only where the sender r0 is correct is there anything that it never sent.
  expect(await searched('validity')).toEqual([[1], [0], [2], [3]])
})

test('--json prints one object with the keys that scripts rely on', async () => {
  const closure = { states: 60, calls: 2_000 }
  const own = searching(({ program }) => ({ closure, ...(program ? { claims: [violated(3)] } : {}) }))
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--byzantine', '3', '--json'], own)
  expect(ran.stdout.trim().split('\n')).toHaveLength(1)
  const object = JSON.parse(ran.stdout)
  expect(Object.keys(object)).toEqual([
    ...['command', 'protocol', 'variant', 'setting', 'settings', 'searched', 'bounds', 'claims', 'states'],
    ...[
      'transitions',
      'reductions',
      'universe',
      'closure',
      'audit',
      'cut',
      'boundsRead',
      'neverFired',
      'engine',
      'notJudged',
      'stopped',
      'stoppedBy',
    ],
    ...['seconds', 'reproduce'],
  ])
  expect(object).toMatchObject({ command: 'check', protocol: 'bracha', variant: 'deliver-one', closure, cut: false })
  expect(object.claims).toEqual([
    {
      ...{ claim: 'agreement', verdict: 'violated', witness: 'r0 decided a, r1 decided b', steps: 2, deliveries: 2 },
      ...{ shortest: 'certified', eager: 'reproduced', setting: object.setting, trace: ran.files[2] },
    },
    { claim: 'no-exception', verdict: 'holds' },
  ])
})

test('a search that fills the memory ends, and the next one begins', async () => {
  let memory = 0
  const own = searching(({ onProgress }) => {
    memory = own.requests.length === 2 ? 0.9 : 0.1
    const told = { phase: 'closure', states: 1, frontier: 1, depth: 0 } as const
    // A moment passes with each call, and three seconds have to.
    const isOver = Array.from({ length: 4_000 }, () => onProgress?.(told)).includes(true)
    expect(isOver).toBe(own.requests.length === 2)
    return isOver ? { claims: [{ claim: 'agreement', verdict: 'inconclusive', why: 'it was stopped' }] } : {}
  })
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--b', '1', '--json'], own, () => memory)
  expect(own.requests).toHaveLength(4)
  expect(ran.code).toBe(4)
  expect(JSON.parse(ran.stdout)).toMatchObject({ stopped: true, stoppedBy: 'memory' })
  expect(ran.stderr).toContain('the memory was nearly full, which ended the search')
  expect(ran.stderr).not.toContain('--time')
})

test.each<[string, CheckedClaim[]]>([
  ['steps that break nothing', [violated(3, twoStories(3).slice(1))]],
  ['steps that cannot be taken', [violated(3, twoStories(2))]],
  ['no steps', [{ claim: 'agreement', verdict: 'violated' }]],
])('%s are our bug and no verdict: exit 3, nothing saved', async (_, claims) => {
  const ran = await turncoat(
    emptyFolder(),
    [...MUTANT, '--byzantine', '3'],
    searching(() => ({ claims })),
  )
  expect(ran).toMatchObject({ code: 3, stdout: '', files: [] })
  expect(ran.stderr).toContain('report it with the version and this command: turncoat check')
})

test('a contradiction inside the search is not swallowed', async () => {
  const own = searching(() => {
    throw new HarnessError('two engines disagree')
  })
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--b', '1'], own)
  expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('two engines disagree') })
})

test('the bar says phase, frontier, depth, rate and which choice', () => {
  const done = { phase: 'search', states: 3_000, frontier: 1_234, depth: 12 } as const
  expect(progressText(done, 2, 2, 4)).toBe('search: frontier 1,234, depth 12, 1,500 states/s, choice 2 of 4')
  expect(progressText({ ...done, phase: 'universe' }, 0, 1, 1)).toBe('universe: frontier 1,234, depth 12')
})

test('--quiet leaves the verdicts', async () => {
  const ran = await turncoat(emptyFolder(), ['check', 'bracha', '--byzantine', 'none', '--quiet'], searching())
  const lines = ran.stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(5)
  expect(lines[0]).toBe('holds agreement (bounds: 2 values; all schedules)')
  for (const line of lines.slice(1)) expect(line).toMatch(/^holds [a-z-]+ \(.*same bounds\)$/)
})
