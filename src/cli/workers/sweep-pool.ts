import { Piscina } from 'piscina'
import type { Task } from '../../sweep/examine.ts'
import { settled, type ThreadOutcome } from './outcome.ts'
import { type Looked, look } from './sweep-worker.ts'

/**
 * Looks at all points of a pass, on worker threads, and hands over what each found as soon as it is there: one at a
 * time, in any order. From TypeScript sources it happens in this thread.
 */
export async function lookAtAll(
  tasks: readonly Task[],
  workers: number,
  onLooked: (looked: Looked) => Promise<void>,
): Promise<void> {
  const isBuilt = import.meta.url.endsWith('.js')
  if (workers <= 1 || tasks.length <= 1 || !isBuilt) {
    for (const task of tasks) await onLooked(await look(task))
    return
  }
  const pool = new Piscina({
    filename: new URL('./sweep-worker.js', import.meta.url).href,
    maxThreads: Math.min(workers, tasks.length),
    minThreads: Math.min(workers, tasks.length),
  })
  let next = 0
  let written = Promise.resolve()
  const failures: unknown[] = []
  const lane = async (): Promise<void> => {
    for (let task = tasks[next++]; task && failures.length === 0; task = tasks[next++]) {
      try {
        const outcome: ThreadOutcome<Looked> = await pool.run(task)
        const looked = settled(outcome)
        written = written.then(() => onLooked(looked))
        await written
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, lane))
  await pool.destroy()
  if (failures.length > 0) throw failures[0]
}
