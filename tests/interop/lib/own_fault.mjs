// Tells failures that only this project can be to blame for from those of upstream's clients.
// run_files.mjs repeats a file whose clients have blocked each other; it never repeats one in which
// an error with this mark came up.
export const own_fault = 'fault of our own:';

/// Runs `check`, whose failure nobody else can be to blame for.
export async function our_part(check) {
  try {
    return await check();
  } catch (error) {
    error.message = `${own_fault} ${error.message}`;
    throw error;
  }
}
