package dev.tidemill.simulator.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
    private static final String ENGLISH =
            "Classify the customer message into one of: billing, delivery, refund, technical, other. Answer with the label only.\n";
    private static final String CHINESE = "请将客户消息分类为：账单、物流、退款、技术、其他。只回答标签。\n";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            My parcel has not arrived and the tracking page is empty | delivery
            I was charged twice on my last invoice                   | billing
            I want my money back for the broken lamp                 | refund
            The app crashes when I log in                            | technical
            Hello there                                              | other
            """)
    void anEnglishMessageGetsTheLabelItsWordsGiveAway(String message, String label) {
        assertThat(Labels.choose(ENGLISH, message)).isEqualTo(label);
        assertThat(Labels.choose("", ENGLISH + "Message: " + message)).isEqualTo(label);
        assertThat(Labels.choose("", message + "\n" + ENGLISH)).isEqualTo(label);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            快递三天了还没到，物流信息也不更新 | 物流
            为什么这个月多收了我的钱，账单不对 | 账单
            我要退货，请把钱退回来             | 退款
            登录时一直报错，闪退               | 技术
            你好                               | 其他
            """)
    void aChineseMessageToo(String message, String label) {
        assertThat(Labels.choose(CHINESE, message)).isEqualTo(label);
        assertThat(Labels.choose("", CHINESE + "消息：" + message)).isEqualTo(label);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Classify the sentiment as positive, negative or neutral: | Great service, I love it | positive
            Pick a category [urgent / normal / low]: one of urgent / normal / low. | Please fix this immediately | urgent
            Labels: positive | Just a text | none
            情感分类，可选标签：正面/负面/中性 | 太差了，很失望 | 负面
            Categories: "bug", "question", and "praise". | How do I change my plan? | question
            """)
    void listsInOtherForms(String instructions, String message, String label) {
        assertThat(Labels.choose(instructions, message)).isEqualTo(label.equals("none") ? null : label);
    }

    @Test
    void anOrdinaryPromptAsksForNoLabel() {
        assertThat(Labels.choose("You are helpful.", "Tell me about: tides, mills, gates"))
                .isNull();
        assertThat(Labels.choose("", "为什么天空是蓝色的？")).isNull();
        assertThat(Labels.choose("", "What is a classification of rivers?")).isNull();
    }

    @Test
    void aLabelALine() {
        String list =
                "Classify the message. Categories:\n- billing: invoices and cards\n- delivery: parcels\n- other\n\n";
        assertThat(Labels.choose("", list + "Message: where is my parcel?")).isEqualTo("delivery");
        assertThat(Labels.choose("标签：\n1. 账单\n2. 物流\n", "快递没到")).isEqualTo("物流");
    }

    @Test
    void theSameMessageAlwaysGetsTheSameLabel() {
        String list = "Classify as red, green, blue.";
        String first = Labels.choose(list, "nothing fits here");
        assertThat(first).isIn("red", "green", "blue");
        assertThat(Labels.choose(list, "nothing fits here")).isEqualTo(first);
    }
}
