/**
 * What `npm run coverage` measures besides the program, to see whether it measures at all: tests call the first function
 * with `true` only, and the second one never. Tools for coverage have said 0 % and 100 % of everything here before.
 */
export function isCalled(yes: boolean): string {
  if (yes) return 'yes'
  return 'this line is never run'
}

export function isNeverCalled(): string {
  return 'nor is this one'
}
