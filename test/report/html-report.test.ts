import { describe, expect, test } from 'vitest'
import { type HtmlReport, htmlReport, type ReportCell } from '../../src/report/pages/html-report.ts'
import type { Plot } from '../../src/report/plots/plot.ts'
import { expectGoldenFile } from './golden.ts'
import { samples } from './plots-rows.ts'

const EVIL = '"><script src="http://evil.example/x.js">alert(1)</script><img src=x onerror=alert(1)>'

const empty: HtmlReport = {
  title: 'A report',
  intro: 'What it is about.',
  sections: [],
  command: 'turncoat sweep pbft',
}

const clipped: Plot = {
  ...{ name: 'clipped', title: '', caption: '', alt: '', csv: 'a\r\n1\r\n' },
  svg: '<svg><defs><clipPath id="clip1"/></defs><g clip-path="url(#clip1)"/></svg>\n',
}

function cell(value: ReportCell): string {
  const page = htmlReport({ ...empty, sections: [{ heading: 'x', table: { columns: ['a'], rows: [[value]] } }] })
  return page.match(/<td[^>]*>(.*)<\/td>/)![1]!
}

describe('a report is one file', () => {
  test('as it was accepted before', async () => {
    const plot = await samples[1]!.draw()
    const page = htmlReport({
      title: 'Where it breaks',
      intro: 'Two rules for\nquorums.\n\nEach cell has its evidence.',
      sections: [
        { heading: 'Rates', text: '200 runs a point.', plots: [plot] },
        {
          heading: 'Broken cells',
          table: {
            caption: 'Cells with a trace',
            columns: ['subject', 'n', 'runs', 'trace'],
            rows: [
              ['pbft', 4, 12_345, { text: 'the trace', href: 'traces/pbft-n4-b2.json' }],
              ['pbft/commit-2f', 7, null, null],
            ],
          },
        },
        { heading: 'Nothing', table: { columns: ['a', 'b'], rows: [] } },
      ],
      command: 'turncoat sweep pbft --n 4..13 --b 0..n\n  --seed 1',
    })
    expectGoldenFile('html-report.html.txt', page)
  })

  test('that loads nothing and runs nothing', async () => {
    const plots = await Promise.all(samples.map(({ draw }) => draw()))
    const page = htmlReport({ ...empty, sections: [{ heading: 'All', plots }] })
    expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|@import|\bon\w+=/i)
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|\bsrc=|url\((?!#)/)
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })

  test('in which two pictures have no id in common', () => {
    const sections = [
      { heading: 'a', plots: [clipped, clipped] },
      { heading: 'b', plots: [clipped] },
    ]
    const page = htmlReport({ ...empty, sections })
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((found) => found[1]!)
    const used = [...page.matchAll(/url\(#([^)]+)\)/g)].map((found) => found[1]!)
    expect(new Set(ids).size).toBe(ids.length)
    expect(used).toHaveLength(3)
    expect(ids).toEqual(expect.arrayContaining(used))
  })
})

describe('strangers write text, and never markup', () => {
  test('wherever it stands', () => {
    const table = { caption: EVIL, columns: [EVIL], rows: [[EVIL], [{ text: EVIL, href: EVIL }]] }
    const plots = [{ ...clipped, name: EVIL, csv: EVIL }]
    const sections = [1, 2].map(() => ({ heading: EVIL, text: EVIL, table, plots }))
    const page = htmlReport({ title: EVIL, intro: EVIL, sections, command: EVIL })
    expect(page).not.toMatch(/<script|<img/)
    expect(page).not.toMatch(/<[^>]*\sonerror/)
  })

  test.each([
    ['traces/a b#1.json', 'traces/a%20b%231.json'],
    ['../traces/pbft.json', '../traces/pbft.json'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
    ['java\nscript:alert(1)', 'java%0Ascript%3Aalert(1)'],
    ['http://evil.example', 'http%3A//evil.example'],
    ['lone \ud800', 'lone%20%EF%BF%BD'],
  ])('a link to %j stays beside the report', (href, written) => {
    expect(cell({ text: 'x', href })).toBe(`<a href="${written}">x</a>`)
  })

  test.each(['/etc/passwd', '//evil.example/x', '\\\\evil\\x', ''])('there is no link to %j', (href) => {
    expect(cell({ text: 'x', href })).toBe('x')
  })
})

test('missing values have a dash, and numbers have commas', () => {
  expect(cell(null)).toBe('–')
  expect(cell(12_345)).toBe('12,345')
})
