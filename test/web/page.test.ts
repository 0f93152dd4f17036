import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { pastOf } from '../../src/view/index.ts'
import { actionOf, PAGE_KEYS } from '../../src/web/keys.ts'
import { EVERYTHING, searchText, shownArrows, shownSteps } from '../../src/web/model.ts'
import { savedRun } from '../saved-traces.ts'
import { page, script } from './page.ts'

test('a page is one file: it loads nothing, and its policy lets only its own script run', async () => {
  const { run } = await savedRun('pbft-commit-2f')
  const html = page(run)
  expect(html).not.toMatch(/<(?:link|img|iframe|script[^>]*src)/)
  expect(html.match(/\bhttps?:\/\/(?!www\.w3\.org)[^"'` ]+/g) ?? []).toEqual([])
  const [, policy] = html.match(/Content-Security-Policy" content="([^"]+)"/)!
  const inline = html.match(/<script>([\s\S]*)<\/script>/)![1]!
  expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(inline).digest('base64')}'`)
  expect(policy).toMatch(/^default-src 'none'/)
  expect(script.length).toBeLessThan(60_000)
})

test('text of a stranger cannot end the element that holds it', async () => {
  const { run } = await savedRun('pbft-commit-2f')
  const evil = '</script><script>alert(1)</script><!--\u2028<img src=x onerror=alert(1)>'
  const html = page({ ...run, title: evil, story: evil, witness: evil })
  expect(html.match(/<script/g)).toHaveLength(2)
  expect(html).not.toContain('<img')
  const data = html.match(/<script type="application\/json"[^>]*>([\s\S]*?)<\/script>/)![1]!
  expect(JSON.parse(data).run.title).toBe(evil)
})

test('keys', async () => {
  const { run } = await savedRun('pbft-commit-2f')
  const at = (selected: number) => ({ run, steps: run.events, selected, found: new Set([3, 9]) })
  const press = (key: string, selected: number, target: object | null = null) =>
    actionOf({ key, ctrlKey: false, metaKey: false, altKey: false, target } as never, at(selected))
  const to = (number: number) => ({ kind: 'select', number })
  expect(['j', 'ArrowDown'].map((key) => press(key, 3))).toEqual([to(4), to(4)])
  expect(['k', 'ArrowUp'].map((key) => press(key, 3))).toEqual([to(2), to(2)])
  expect([press('j', 0), press('j', 12), press('k', 1)]).toEqual([to(1), to(12), to(0)])
  expect([press('Home', 5), press('End', 5), press('PageDown', 1), press('PageUp', 12)]).toEqual([
    to(1),
    to(12),
    to(11),
    to(2),
  ])
  expect([press('n', 0), press('n', 4), press('n', 12), press('N', 12)]).toEqual([to(4), to(12), to(4), to(4)])
  expect([press('l', 2), press('L', 4)]).toEqual([to(4), to(2)])
  const field = { tagName: 'INPUT', type: 'search' }
  expect([press('j', 3, field), press('Enter', 3, field), press('Escape', 3, field)]).toEqual([
    undefined,
    to(9),
    { kind: 'leave' },
  ])
  expect([press('/', 3), press('?', 3), press('c', 3)]).toEqual([
    { kind: 'search' },
    { kind: 'help' },
    { kind: 'past' },
  ])
  expect(
    actionOf({ key: 'c', ctrlKey: true, metaKey: false, altKey: false, target: null } as never, at(3)),
  ).toBeUndefined()
  // Every key that the help lists does something.
  for (const key of PAGE_KEYS.flatMap(([keys]) => keys.split('  '))) {
    const pressed = { '↓': 'ArrowDown', '↑': 'ArrowUp' }[key] ?? key
    expect([key, press(pressed, 3)]).not.toEqual([key, undefined])
  }
})

test('filters and search', async () => {
  const { run } = await savedRun('pbft-commit-2f')
  const past = new Set(pastOf(run, 7))
  expect(shownSteps(run, { ...EVERYTHING, onlyPast: true }, past).map(({ number }) => number)).toEqual([1, 5, 6, 7])
  expect(shownSteps(run, { ...EVERYTHING, hiddenLanes: new Set([1, 2]) }, past).map(({ number }) => number)).toEqual([
    2, 3, 4,
  ])
  const rows = new Map(run.events.map(({ number }, i) => [number, i]))
  const all = shownArrows(run, rows, EVERYTHING)
  expect(shownArrows(run, rows, { ...EVERYTHING, showMissing: false })).toEqual(
    all.filter(({ kind }) => kind !== 'missing'),
  )
  expect(
    shownArrows(run, rows, { ...EVERYTHING, hiddenTypes: new Set(['COMMIT']) }).some(
      ({ envelope }) => run.envelopes[envelope]!.message.type === 'COMMIT',
    ),
  ).toBe(false)
  expect(searchText(run, run.events[3]!)).toContain('outputs slot 1, digest b')
})
