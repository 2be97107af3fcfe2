package dev.tidemill.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BillTest {
    @Test
    void costsAreExactInNanoDollars() {
        PriceList mini = PriceList.all().getFirst();

        assertThat(mini).isEqualTo(new PriceList("gpt-4o-mini", 150, 600, 75, 300));
        assertThat(mini.live(1_000_000, 1_000_000)).isEqualTo(750_000_000L);
        assertThat(mini.batch(1_000_000, 1_000_000)).isEqualTo(375_000_000L);
        assertThat(Bill.dollars(750_000_000L)).isEqualTo("$0.7500");
        assertThat(Bill.yuan(750_000_000L)).isEqualTo("¥5.4750");
    }

    @Test
    void threePriceListsAreSetSideBySideWithTheirDate() {
        String text = new Bill(50_000, 1_000).text(PriceList.all());

        assertThat(PriceList.all()).hasSize(3);
        assertThat(text)
                .contains(
                        "50,000 input and 1,000 output tokens", "$0.0081", "$0.0041", "2026-11-22", "1 USD = 7.3 CNY");
    }
}
