/** The page of the library, made of the types and of what is said above them. */
import type { SourceFile } from '../tidy.ts'

/** A name that a program may import, and where it is declared. */
interface Exported {
  readonly name: string
  readonly declared: string
  /** The folder, or file, that the entry takes it from. */
  readonly from: string
}

/** What is declared here comes first. */
const LIBRARY = 'src/library/index.ts'

/** What an entry exports, through files that pass on all that others export. */
function exportsOf(files: ReadonlyMap<string, string>, path: string): Exported[] {
  const text = files.get(path)!
  const folder = path.split('/').slice(0, -1)
  const at = (relative: string): string => {
    const parts = [...folder]
    for (const part of relative.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '.') parts.push(part)
    }
    return parts.join('/')
  }
  const passed = [...text.matchAll(/^export (?:type )?\* from '([^']+)'/gm)].flatMap(([, from]) =>
    exportsOf(files, at(from!)),
  )
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}(?: from '([^']+)')?/gm)].flatMap(([, names, from]) =>
    names!.split(',').flatMap((entry): Exported[] => {
      const [declared, name = declared] = entry
        .trim()
        .replace(/^type /, '')
        .split(' as ')
      if (!declared) return []
      const home = from ? at(from) : path
      // The library passes on what its own files declare.
      const source = home === LIBRARY && from ? exportsOf(files, home).find((one) => one.name === declared) : undefined
      return [{ declared, from: home, ...source, name: name! }]
    }),
  )
  const own = [...text.matchAll(/^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm)].map(
    ([, name]) => ({
      name: name!,
      declared: name!,
      from: path,
    }),
  )
  return [...passed, ...listed, ...own].filter(({ name }, i, all) => all.findIndex((one) => one.name === name) === i)
}

/** A declaration with what is said of it. */
interface Declaration {
  readonly kind: string
  readonly about: string
  readonly code: string
}

function declarationOf(files: ReadonlyMap<string, string>, { declared, from }: Exported): Declaration | undefined {
  const home = from.endsWith('/index.ts') ? from.slice(0, -'index.ts'.length) : from
  const places = [...files.keys()].filter((path) => path === from || path.startsWith(home))
  for (const path of [from, ...places.sort()]) {
    const text = files.get(path) ?? ''
    const start = text.search(
      new RegExp(`^(?:export )?(?:abstract )?(?:async )?(?:function|const|class|interface|type) ${declared}\\b`, 'm'),
    )
    if (start < 0) continue
    const kind = text.slice(start).match(/^(?:export )?(?:abstract )?(?:async )?(\w+)/)![1]!
    return { kind, about: aboutBefore(text, start), code: codeFrom(text.slice(start), kind) }
  }
  return undefined
}

/** The comment that ends right before a declaration, as a paragraph; what it throws is a sentence of its own. */
function aboutBefore(text: string, start: number): string {
  const comment = text.slice(0, start).match(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n$/)?.[1] ?? ''
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, ''))
  const flat = lines.join(' ').replace(/\s+/g, ' ').trim()
  return flat.replace(/ ?@throws (\w+)/g, '\n\nThrows $1').replace(/ ?@param (\w+)/g, '\n\n`$1`:')
}

function codeFrom(text: string, kind: string): string {
  if (kind === 'class') return publicPartOf(text.slice(0, text.search(/^\}/m) + 1)).replace(/^export /, '')
  const end = kind === 'function' ? text.search(/ \{\n/) : text.search(/^\}|\n(?=\n)|\n(?=export |\/\*\*)/m)
  const code = text.slice(0, kind === 'function' || text[end] !== '}' ? end : end + 1)
  return code.replace(/^export (?:async )?|^async /, '').trimEnd()
}

/** A class without bodies, and without what only it can see. */
function publicPartOf(code: string): string {
  const kept: string[] = []
  let comment: string[] = []
  for (const line of code.split('\n')) {
    if (/^ {2}(?:\/\*\*| \*)/.test(line)) comment.push(line)
    else if (/^ {2}[a-zA-Z]/.test(line)) {
      if (!/^ {2}(?:constructor|readonly #)/.test(line)) kept.push(...comment, line.replace(/ \{$/, ''))
      comment = []
    } else if (/^ {2}\S/.test(line)) comment = []
    else if (/^\S/.test(line)) kept.push(line)
  }
  return kept.join('\n')
}

const firstSentence = (about: string): string => about.split('\n')[0]!.match(/^.*?\.(?=\s|$)/)?.[0] ?? about

const inCell = (text: string): string => text.replaceAll('|', '\\|')

/** One chapter for each entry whose types are told in full, and a table of what else there is. */
export function apiPage(sources: readonly SourceFile[]): string {
  const files = new Map(sources.map(({ path, text }) => [path, text]))
  const whole = (entry: string, only: (one: Exported) => boolean): string[] =>
    exportsOf(files, entry)
      .filter(only)
      .sort((a, b) => Number(b.from === LIBRARY) - Number(a.from === LIBRARY))
      .flatMap((one) => {
        const found = declarationOf(files, one)
        if (!found) throw new Error(`${one.name} of ${entry} is declared nowhere`)
        return [`### \`${one.name}\``, found.about, `\`\`\`ts\n${renamed(found.code, one)}\n\`\`\``]
      })
  const isLibrary = ({ from }: Exported): boolean => from.startsWith('src/library/')
  const functions = exportsOf(files, 'src/index.ts').filter(isLibrary)
  const isFunction = (one: Exported): boolean => declarationOf(files, one)?.kind === 'function'
  const names = (wanted: boolean) => (one: Exported) => isLibrary(one) && isFunction(one) === wanted
  if (functions.length === 0) throw new Error('the library exports nothing')
  return [
    '## Functions',
    ...whole('src/index.ts', names(true)),
    '## Options and results',
    ...whole('src/index.ts', names(false)),
    '## `turncoat/vitest`',
    ...whole('src/vitest.ts', ({ from }) => from === 'src/vitest.ts'),
    '## `turncoat/fast-check`',
    ...whole('src/fast-check.ts', () => true),
    '## Everything else',
    'For authors of protocols, and for programs that explore states step by step.',
    tableOf(
      files,
      exportsOf(files, 'src/index.ts').filter((one) => !isLibrary(one)),
    ),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** A declaration under the name that it is imported by. */
function renamed(code: string, { name, declared }: Exported): string {
  return code.replace(new RegExp(`\\b${declared}\\b`), name)
}

function tableOf(files: ReadonlyMap<string, string>, exported: readonly Exported[]): string {
  const rows = exported.map((one) => {
    const { kind, about } = declarationOf(files, one) ?? { kind: '', about: '' }
    return `| \`${one.name}\` | ${kind} | ${inCell(firstSentence(about))} |`
  })
  return ['| name | kind | what it is |', '|---|---|---|', ...rows.sort()].join('\n')
}
