import type { ReactNode } from "react";

export interface Column<T> {
  key: string;
  head: string;
  cell: (row: T) => ReactNode;
  isNumber?: boolean;
  /** Yes or no, in the middle. */
  isMark?: boolean;
  /** Names the row for a screen reader. */
  isName?: boolean;
  /** Its head is only for screen readers. */
  isAct?: boolean;
}

interface DataTableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  rowClass?: (row: T) => string;
}

function cellClass<T>(column: Column<T>): string | undefined {
  if (column.isNumber === true) return "number";
  if (column.isMark === true) return "mark";
  return column.isAct === true ? "acts" : undefined;
}

/** A table that scrolls sideways inside its frame where it is wider than the screen. */
export function DataTable<T>(props: DataTableProps<T>): ReactNode {
  const { label, columns, rows, rowKey, rowClass } = props;
  return (
    <div className="table-frame" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={cellClass(column)}>
                {column.isAct === true ? (
                  <span className="visually-hidden">{column.head}</span>
                ) : (
                  column.head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={rowClass?.(row)}>
              {columns.map((column) =>
                column.isName === true ? (
                  <th key={column.key} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={cellClass(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
