import type { ReactNode } from "react";
import { api, call } from "../api/client";
import type { Shop } from "../api/types";
import { useLoad } from "../app/use_load";
import { Loaded } from "../components/Loaded";
import { Facts, Page, Panel } from "../components/Page";
import { useWords } from "../i18n/words";
import { Button } from "../components/Button";

function Tile({
  name,
  value,
  isBad = false,
}: {
  name: string;
  value: string;
  isBad?: boolean;
}): ReactNode {
  return (
    <div className={isBad ? "tile tile-bad" : "tile"}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function ShopNow({ shop }: { shop: Shop }): ReactNode {
  const { say, number } = useWords();
  const isEncrypted = shop.private_volume === "encrypted";
  return (
    <>
      {shop.promises_broken > 0 && (
        <p className="callout callout-bad">
          {say("promises_broken_text", { count: shop.promises_broken })}
        </p>
      )}
      {!isEncrypted && (
        <p className="callout">{say("volume_warning", { state: shop.private_volume })}</p>
      )}
      <dl className="tiles">
        <Tile name={say("orders_placed")} value={number(shop.orders.placed)} />
        <Tile name={say("orders_replayed")} value={number(shop.orders.replayed)} />
        <Tile name={say("orders_out_of_stock")} value={number(shop.orders.out_of_stock)} />
        <Tile name={say("orders_refused")} value={number(shop.orders.refused)} />
        <Tile
          name={say("promises_broken")}
          value={number(shop.promises_broken)}
          isBad={shop.promises_broken > 0}
        />
      </dl>
      <p className="lead">{say("since_start")}</p>
      <Panel title={say("shop")}>
        <Facts
          items={[
            [say("name"), shop.name],
            [say("currency"), shop.currency],
            [say("shop_store"), shop.store === "sqlite" ? "SQLite" : "PostgreSQL"],
            [say("private_volume"), shop.private_volume],
            [
              say("orders_per_second"),
              shop.orders_per_second > 0 ? number(shop.orders_per_second) : say("not_known_yet"),
            ],
            [say("version"), shop.version],
          ]}
        />
      </Panel>
    </>
  );
}

export function Overview(): ReactNode {
  const { say } = useWords();
  const loading = useLoad(() => call(() => api.GET("/shop")));
  return (
    <Page
      title={say("nav_overview")}
      actions={<Button onPress={loading.reload}>{say("refresh")}</Button>}
    >
      <Loaded loading={loading}>{(shop) => <ShopNow shop={shop} />}</Loaded>
    </Page>
  );
}
