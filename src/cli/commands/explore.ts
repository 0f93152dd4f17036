import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../../model/index.ts'
import { explorerPage } from '../../report/pages/explorer-page.ts'
import { commandLine, quoted } from '../../report/text/command-line.ts'
import { saveFile } from '../files/save-file.ts'
import { shownPath } from '../files/trace-folder.ts'
import { webScript } from '../files/web-script.ts'
import type { Session } from '../flags/session.ts'
import { configurationOf } from '../flags/setting-flags.ts'
import { type AskedOfSubject, type JudgingFlags, subjectCommand } from '../flags/subject-command.ts'
import { bundledFile } from '../subjects/bundled-file.ts'
import type { Resolved } from '../subjects/resolved.ts'
import { AGAINST, fileIn, fileOf } from '../subjects/subjects.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'

interface ExploreFlags extends JudgingFlags {
  readonly out?: string
  readonly open?: boolean
}

/** Where the page goes unless --out says otherwise. */
const DEFAULT_PLACE = 'out/explore.html'

export function exploreCommand(session: Session): Command {
  const description = 'write a page on which you choose every step: forward, back, fork, search from here'
  const searching = (command: Command): Command =>
    command
      .option('--out <FILE>', `file for the page (default ${DEFAULT_PLACE})`)
      .option('--open', 'open it in a browser')
  return subjectCommand(session, { name: 'explore', description, searching }, explore)
}

async function explore(asked: AskedOfSubject<ExploreFlags>, session: Session): Promise<ExitCode> {
  const { flags, output, resolved, chosen } = asked
  const { open, ...said } = flags
  const path = resolve(output.io.cwd, flags.out ?? DEFAULT_PLACE)
  const given = {
    ...(await sourceOf(resolved)),
    configuration: configurationOf(flags, resolved.configuration, session.bounded),
    command: commandLine('explore', resolved.asked, said),
    ...(flags.claim ? { claims: chosen.claims.map(({ name }) => name) } : {}),
    ...(resolved.file === undefined ? {} : { file: quoted(fileIn(resolved.file)) }),
  }
  const scripts = { page: await webScript('explorer'), engine: await webScript('engine') }
  await saveFile(path, explorerPage(`${resolved.protocol.subject}: explore`, given, scripts))
  const shown = shownPath(path, output.io.cwd)
  output.say([`saved: ${shown}`, ...(open ? [] : ['Open it in a browser. It needs no network.'])])
  output.json({ command: 'explore', page: shown, reproduce: given.command })
  if (open) openPage(path)
  return EXIT.holds
}

/** Where the page finds the protocol: among those that it brings with it, or in the user's file, put into the page. */
async function sourceOf({ found, asked, file }: Resolved): Promise<object> {
  if (asked.includes(AGAINST)) {
    throw new UsageError(`${asked} runs a program, and a browser starts none`, 'explore the model alone')
  }
  if (file === undefined) return { source: { kind: 'registered', name: asked }, code: {} }
  const path = fileIn(found)
  const variant = found === path ? {} : { variant: found.slice(path.length + 1) }
  return {
    source: { kind: 'file', path: fileOf(path), ...variant },
    code: { [fileOf(path)]: await bundledFile(path, asked) },
  }
}

/** Opens a page in whatever the user's system opens pages in. */
function openPage(path: string): void {
  const [program, ...words] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(program!, [...words, path], { detached: true, stdio: 'ignore' })
  // Without such a program the page is there all the same, and its place was printed.
  child.on('error', () => {})
  child.unref()
}
