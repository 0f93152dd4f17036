import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import * as accountability from '../../../properties/accountability.ts'
import * as claims from '../../../properties/claims.ts'
import * as model from '../../model/index.ts'
import { compiler } from './bundled-file.ts'

type Exports = Readonly<Record<string, unknown>>

/** What most files import of this package is loaded anyway. */
const KNOWN: Exports = { ...model, ...claims, ...accountability }
/** Nobody reads twice what a file prints while it is loaded. */
const SILENCE = new Proxy({}, { get: () => () => {} })

/**
 * A file with all that it imports, in a form that can be run again and again, each time with variables of its own.
 * @param globals names of global variables that there were before it was loaded
 * @returns nothing where that cannot be: it waits while it is loaded, or imports what is no code, or its handlers are a program,
 * whose answers are held against those of another process
 */
export async function runsAnew(path: string, globals: ReadonlySet<string>): Promise<(() => Exports) | undefined> {
  try {
    const code = await codeOf(path)
    if (code === undefined) return undefined
    const { text, library } = code
    const run = new Script(`(function (module, exports, require, console, __filename, __dirname) {${text}\n})`)
    const nodes = createRequire(path)
    const require = (name: string): unknown => (name === 'turncoat' ? library : nodes(name))
    return () => {
      // What has been written there since is a variable of the file, too.
      for (const name of Object.keys(globalThis)) if (!globals.has(name)) Reflect.deleteProperty(globalThis, name)
      const module = { exports: {} }
      run.runInThisContext()(module, module.exports, require, SILENCE, path, dirname(path))
      return module.exports
    }
  } catch {
    // What is wrong with the file is told where it is loaded.
    return undefined
  }
}

async function codeOf(path: string): Promise<{ readonly text: string; readonly library: Exports } | undefined> {
  const { build, transform } = compiler()
  const url = JSON.stringify(pathToFileURL(path).href)
  const { outputFiles } = await build({
    ...{ entryPoints: [path], bundle: true, write: false, format: 'esm', platform: 'node', target: 'esnext' },
    ...{ external: ['turncoat'], define: { 'import.meta.url': url }, keepNames: true, logLevel: 'silent' },
  })
  const whole = outputFiles[0]!.text
  const names = namesFrom(whole)
  if (names.some((name) => OF_PROGRAMS.includes(name))) return undefined
  const { code } = await transform(whole, { format: 'cjs', target: 'esnext', logLevel: 'silent' })
  const isKnown = names.every((name) => Object.hasOwn(KNOWN, name))
  return { text: code, library: isKnown ? KNOWN : await wholeLibrary() }
}

const OF_PROGRAMS = ['external', 'conformance']

/** What a bundle imports from this package: the compiler writes each import in one way. */
function namesFrom(text: string): string[] {
  const lists = [...text.matchAll(/^import (.*?) from "turncoat";$/gms)].map(([, list]) => list!)
  return lists.flatMap((list) =>
    list.startsWith('{')
      ? list
          .slice(1, -1)
          .split(',')
          .map((one) => one.trim().split(' ')[0]!)
      : ['*'],
  )
}

async function wholeLibrary(): Promise<Exports> {
  const here = import.meta.url
  return (await import(new URL(`../../index${here.slice(here.lastIndexOf('.'))}`, here).href)) as Exports
}
