// A list that is loaded page by page from a cursor.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, with_query } from "../api";

export interface Paged<T> {
  rows: T[];
  more: boolean;
  busy: boolean;
  error: ApiError | null;
  load_more: () => void;
  reload: () => void;
  /// The first page again, without a word; leaves a list alone that has been unfolded further.
  refresh: () => void;
}

interface Page<T> {
  rows: T[];
  next: string | null;
}

/// Rows asked for at a time: two phone screens, one desktop screen.
const page_rows = "30";

export function usePaged<T>(
  path: string,
  query: Record<string, string>,
  rows_in: (answer: never) => Page<T>,
): Paged<T> {
  const key = with_query(path, query);
  const [page, set_page] = useState<Page<T>>({ rows: [], next: null });
  const [busy, set_busy] = useState(true);
  const [error, set_error] = useState<ApiError | null>(null);
  const asked = useRef(0);

  // Only the newest question may answer: a slow answer to an old filter must not replace the rows.
  const load = async (before: string | null, kept: T[], quietly: "quietly" | "told") => {
    const mine = ++asked.current;
    if (quietly === "told") set_busy(true);
    set_error(null);
    try {
      const answer = await get<never>(with_query(path, { ...query, before, limit: page_rows }));
      if (mine !== asked.current) return;
      const { rows, next } = rows_in(answer);
      set_page({ rows: [...kept, ...rows], next });
    } catch (failure) {
      if (mine !== asked.current) return;
      set_error(failure instanceof ApiError ? failure : new ApiError(0, "", "", 0));
    }
    set_busy(false);
  };

  useEffect(() => {
    set_page({ rows: [], next: null });
    void load(null, [], "told");
    return () => {
      asked.current += 1;
    };
  }, [key]);

  return {
    rows: page.rows,
    more: page.next !== null,
    busy,
    error,
    load_more: () => void load(page.next, page.rows, "told"),
    reload: () => void load(null, [], "told"),
    refresh: () => {
      if (!busy && page.rows.length <= Number(page_rows)) void load(null, [], "quietly");
    },
  };
}
