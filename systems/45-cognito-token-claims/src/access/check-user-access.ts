import { projectsInTable } from '../user-info.ts'

/** The function that the standard design asks at every call, and the other one only for lists too long for a token. */
export const handler = async ({ userName }: { readonly userName: string }) => ({
  projects: await projectsInTable(userName),
})
