import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { browser } from './page.ts'

export const executablePath = browser()

export interface Opened {
  readonly tab: Page
  /** Everything that went wrong, and every request but those for the page and for its own workers. */
  readonly trouble: string[]
}

/** A browser for the tests of a file. Returns a function that opens a page from the disk. */
export function inBrowser(): (html: string, hash?: string) => Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'turncoat-page-'))
  let running: Browser
  let pages = 0
  beforeAll(async () => {
    if (executablePath === undefined)
      console.warn('No browser: the page is not tried out. Install chromium, or name one with TURNCOAT_BROWSER.')
    else running = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => {
    await running?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return async (html, hash = '') => {
    const file = join(folder, `page-${++pages}.html`)
    writeFileSync(file, html)
    const tab = await running.newPage({ viewport: { width: 1400, height: 900 }, acceptDownloads: true })
    tab.setDefaultTimeout(30_000)
    const trouble: string[] = []
    tab.on('pageerror', (error) => trouble.push(String(error)))
    tab.on('console', (message) => void (message.type() === 'error' && trouble.push(message.text())))
    tab.on('dialog', (dialog) => {
      trouble.push('dialog')
      return dialog.dismiss()
    })
    tab.on('request', (request) => {
      const [url = ''] = request.url().split('#')
      if (url !== `file://${file}` && !url.startsWith('blob:null/')) trouble.push(url)
    })
    await tab.goto(`file://${file}${hash}`)
    return { tab, trouble }
  }
}
