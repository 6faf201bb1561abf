export function pages(): { path: string; html: string }[];
export function write(directory: string): void;
