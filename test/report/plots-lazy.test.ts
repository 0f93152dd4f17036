import { expect, test, vi } from 'vitest'

const loaded: string[] = []
vi.mock('vega', (original) => {
  loaded.push('vega')
  return original()
})
vi.mock('vega-lite', (original) => {
  loaded.push('vega-lite')
  return original()
})

test('libraries are loaded by the first picture, and not by a command that draws none', async () => {
  // Other files that this process has run may have loaded them.
  vi.resetModules()
  const { lines } = await import('../../src/report/plots/index.ts')
  await import('../../src/report/pages/html-report.ts')
  const about = { title: 'A title', caption: '' }
  await lines([], about)
  expect(loaded).toEqual([])
  await lines([{ series: 'a', x: 1, y: 1 }], about)
  expect([...loaded].sort()).toEqual(['vega', 'vega-lite'])
})
