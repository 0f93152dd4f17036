import type { PlaygroundData } from './protocol-choice.ts'

/** The root of the repository, with a slash behind it. */
export const ROOT: string
export function viewer(): Promise<string>
export function engine(): Promise<string>
export function explorer(): Promise<string>
export function playground(): Promise<string>
export function playgroundData(): PlaygroundData
