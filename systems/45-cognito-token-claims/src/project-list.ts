/** What a project's id looks like: `P100`. Commas part them in lists, so none has one. */
const projectId = /^[A-Za-z0-9-]{1,32}$/

export function isProjectId(text: string): boolean {
  return projectId.test(text)
}

/** The ids of a list as the table and the claim have it: `P100,P200`. What is no id is left out; each is there once. */
export function projectsOf(list: string): string[] {
  const ids = list.split(',').map((one) => one.trim())
  return [...new Set(ids.filter(isProjectId))]
}

export function listOf(projects: readonly string[]): string {
  return projects.join(',')
}
