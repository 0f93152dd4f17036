/** The house rules, as functions of file names and texts: each returns what it has to say against them. */

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Folders in the order in which data flows; a folder imports only from those above it, and from itself. */
export const FOLDERS = [
  ...['model', 'external', 'conform', 'properties', 'protocols', 'system', 'kernel', 'adversary', 'tables', 'fuzz'],
  ...[
    'check',
    'shrink',
    'trace',
    'view',
    'explain',
    'simulate',
    'sweep',
    'report',
    'published',
    'studies',
    'explore',
    'web',
  ],
  ...['campaign', 'cli', 'library'],
]

/** Folders in which a run must be a function of its input. */
const PURE = [
  'model',
  'conform',
  'properties',
  'protocols',
  'system',
  'kernel',
  'adversary',
  'tables',
  'fuzz',
  'check',
  'shrink',
  'trace',
  'view',
  'explain',
  'simulate',
  'published',
  'studies',
  'explore',
  'campaign',
]

const MOST_LINES = 300
const MOST_FUNCTION_LINES = 70

export function folderOf(path: string): string | undefined {
  if (path.startsWith('properties/laws/') || path === 'src/index.ts') return undefined
  return path.startsWith('properties/') ? 'properties' : path.match(/^src\/([^/]+)\//)?.[1]
}

/** `tables/passes` of a file that is in a subfolder of one of the folders. */
export function subfolderOf(path: string): string | undefined {
  const folder = folderOf(path)
  const inside = folder === 'properties' ? undefined : path.match(/^src\/[^/]+\/([^/]+)\//)?.[1]
  return inside === undefined ? undefined : `${folder}/${inside}`
}

/** What a file imports: relative paths from the root of the repository, packages by name. Types count too. */
export function importsOf({ path, text }: SourceFile): string[] {
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map((found) => found[1]!)
  return specifiers.map((specifier) => {
    if (!specifier.startsWith('.')) return specifier
    const parts = [...path.split('/').slice(0, -1)]
    for (const part of specifier.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '.') parts.push(part)
    }
    return parts.join('/')
  })
}

export function wrongDirection(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const here = folderOf(file.path)
    if (here === undefined) return []
    return importsOf(file).flatMap((target) => {
      const there = folderOf(target)
      if (there === undefined) {
        const isLaw = target.startsWith('properties/laws/') || target === 'src/index.ts'
        const isForeign = here === 'model' && !['immer', 'node:crypto'].includes(target)
        return isLaw || isForeign ? [`${file.path} imports ${target}`] : []
      }
      // Properties are typed by their protocols; the registry pairs the two.
      if (here === 'properties' && there === 'protocols') return []
      if (here === 'protocols' && there === 'properties') {
        return file.path === 'src/protocols/index.ts' ? [] : [`${file.path} imports ${target}`]
      }
      return FOLDERS.indexOf(there) <= FOLDERS.indexOf(here) ? [] : [`${file.path} imports ${target}`]
    })
  })
}

/** Circles of imports; those of types alone, too: who reads one of the files has to read all of them. */
export function cycles(files: readonly SourceFile[]): string[] {
  return circles(new Map(files.map((file) => [file.path, importsOf(file)])))
}

/** Circles of the subfolders of one folder; what lies beside them counts as one more. */
export function subfolderCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map<string, string[]>()
  for (const file of files) {
    const folder = folderOf(file.path)
    if (folder === undefined) continue
    const here = subfolderOf(file.path) ?? folder
    const there = importsOf(file).flatMap((target) =>
      folderOf(target) === folder ? [subfolderOf(target) ?? folder] : [],
    )
    graph.set(here, [...(graph.get(here) ?? []), ...there.filter((one) => one !== here)])
  }
  return circles(graph)
}

function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>()
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.add(fromFirst(way.slice(way.indexOf(path))).join(' → '))
    else if (!done.has(path)) {
      for (const next of graph.get(path) ?? []) visit(next, [...way, path])
      done.add(path)
    }
  }
  for (const path of graph.keys()) visit(path, [])
  return [...found]
}

/** A circle begins with the first of its names, wherever it was entered. */
function fromFirst(circle: readonly string[]): string[] {
  const first = circle.indexOf([...circle].sort()[0]!)
  return [...circle.slice(first), ...circle.slice(0, first), circle[first]!]
}

/** The text without comments and the contents of strings, line by line as before. */
export function codeOf(text: string): string {
  const blank = (found: string): string => found.replace(/[^\n]/g, ' ')
  // A slash that follows an operator, a bracket or a comma begins a regular expression.
  const tokens =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[(,=:[!&|?{};]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g
  return text.replace(tokens, blank)
}

const DICE =
  /\bMath\.random\b|\bDate\b|\bperformance\b|\blocaleCompare\b|\btoLocale\w*|\bIntl\b|\bset(?:Timeout|Interval|Immediate)\b|\bhrtime\b|\brandomUUID\b|\brandomBytes\b|\bqueueMicrotask\b/

export function clocksAndDice(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    if (!PURE.includes(folderOf(path) ?? '')) return []
    return codeOf(text)
      .split('\n')
      .flatMap((line, i) => (DICE.test(line) ? [`${path}:${i + 1} has ${line.match(DICE)![0]}`] : []))
  })
}

/** Folders that may start processes and threads: programs of users run there, and nowhere else but in the command line. */
const REACHING_OUT = /^src\/(?:cli|external)\//

const OUTSIDE = /^node:(?:fs|process|child_process|os|net|http|worker_threads|readline|tty)/

export function outsideWorld(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    if (REACHING_OUT.test(file.path) || !/^(?:src|properties)\//.test(file.path)) return []
    const imported = importsOf(file).filter((target) => OUTSIDE.test(target))
    const used = codeOf(file.text).match(/\bprocess\s*\.|\bconsole\s*\./g) ?? []
    return [...imported, ...used].map((what) => `${file.path} touches ${what}`)
  })
}

export function tooLong(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    return lines > MOST_LINES ? [`${path} has ${lines} lines`] : []
  })
}

/** Functions and methods by their first lines; a block that begins a class, an object or a module is none. */
export function longFunctions(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const open: { line: number; isFunction: boolean }[] = []
    const found: string[] = []
    const code = codeOf(text)
    let line = 1
    let since = 0
    for (let i = 0; i < code.length; i++) {
      const letter = code[i]
      if (letter === '\n') line++
      if (letter === '{') {
        const head = code.slice(since, i)
        // A block of tests is a chapter, not a function that somebody has to keep in mind at once.
        const isFunction =
          !/\bdescribe[.(]/.test(head) &&
          /=>\s*$|\)\s*(?::[^;={}]*)?$/.test(head) &&
          !/\b(?:if|for|while|switch|catch)\s*\([^{}]*$/.test(head)
        open.push({ line, isFunction })
      } else if (letter === '}') {
        const block = open.pop()
        const lines = line - (block?.line ?? line) + 1
        if (block?.isFunction && lines > MOST_FUNCTION_LINES) {
          found.push(`${path}:${block.line} is a function of ${lines} lines`)
        }
      }
      if (letter === '{' || letter === '}' || letter === ';') since = i + 1
    }
    return found
  })
}

export function badNames(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path }) =>
    /(?:^|\/)(?:utils?|helpers?|misc|common)(?:\.|\/)/.test(path) || !/^[a-z0-9./-]+$/.test(path) ? [path] : [],
  )
}

/** Files in a folder that declare something, and are missing from the list that says what there is. */
export function unlisted(files: readonly SourceFile[], folder: string, declares: RegExp, list: string): string[] {
  const listing = files.find(({ path }) => path === list)
  const known = listing ? importsOf(listing) : []
  return files
    .filter(({ path, text }) => path.startsWith(folder) && path !== list && declares.test(codeOf(text)))
    .flatMap(({ path }) => (known.includes(path) ? [] : [`${path} is missing from ${list}`]))
}
